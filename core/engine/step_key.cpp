#include "core/engine/step_key.hpp"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace nas::engine {
namespace {

std::string op_text(const Op& op) {
  std::string text(op.row().name);
  for (std::size_t i = 0; i < op.values().size(); ++i) {
    const AttributeSpec& attribute = op.row().attributes[i];
    if (op.values()[i] == attribute.default_value) continue;
    text += fmt::format(" {}={}", attribute.name, op.values()[i]);
  }
  return text;
}

bool is_reorder(const Step& step) {
  const auto* primitive = std::get_if<PrimitiveStep>(&step);
  return primitive != nullptr && kind_name(primitive->descriptor) == "reorder";
}

/// Without the scratchpad, whose size follows from the rest.
std::vector<BufferId> tensors_of(const Step& step) {
  if (const auto* call = std::get_if<CallStep>(&step)) return call->arguments;
  std::vector<BufferId> result;
  for (const Argument& argument : std::get<PrimitiveStep>(step).arguments) {
    if (argument.slot != DNNL_ARG_SCRATCHPAD) result.push_back(argument.buffer);
  }
  return result;
}

}  // namespace

StepKey step_key(const Tape& tape, const Step& step, const Architecture& architecture,
                 std::span<const NodeId> nodes) {
  std::vector<std::string> ops;
  if (is_reorder(step)) {
    ops.emplace_back("reorder");
  } else {
    for (const NodeId node : nodes) ops.push_back(op_text(architecture.op(node)));
  }
  std::vector<std::string> tensors;
  for (const BufferId buffer : tensors_of(step)) tensors.push_back(text(tape.buffer(buffer).desc));
  return {fmt::format("{}", fmt::join(ops, " + ")), fmt::format("{}", fmt::join(tensors, " "))};
}

}  // namespace nas::engine
