#include "core/architecture/resolution.hpp"

#include <algorithm>
#include <cmath>

#include "core/architecture/blocks.hpp"

namespace nas {

Shape at_resolution(const Shape& input, double share) {
  const auto side = [share](std::int64_t pixels) {
    return std::max<std::int64_t>(1, std::llround(share * static_cast<double>(pixels)));
  };
  return {input.channels, side(input.height), side(input.width)};
}

Architecture at_resolution(const Architecture& architecture, double share) {
  Architecture result;
  for (NodeId node = 0; node < architecture.size(); ++node) {
    Op op = architecture.op(node);
    if (op.kind() == OpKind::input) op = input_op(at_resolution(architecture.shape(node), share));
    result.add(std::move(op), architecture.inputs(node), architecture.name(node));
    for (const auto& [suffix, reference] : architecture.references(node)) {
      result.refer(node, suffix, reference);
    }
  }
  for (const NodeId output : architecture.outputs()) result.mark_output(output);
  return result;
}

}  // namespace nas
