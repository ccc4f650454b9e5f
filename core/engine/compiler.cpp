#include "core/engine/compiler.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/engine/channel_blocks.hpp"
#include "core/engine/kernels/kernel_table.hpp"

namespace nas::engine {
namespace {

const ParameterBuffer* find(std::span<const ParameterBuffer> buffers, const std::string& name) {
  const auto found = std::ranges::find(buffers, name, &ParameterBuffer::name);
  return found == buffers.end() ? nullptr : &*found;
}

}  // namespace

Compiler::Compiler(const Architecture& architecture, ProgramSettings settings)
    : architecture_(architecture),
      settings_(settings),
      fusions_(architecture, settings.mode),
      values_(architecture.size()),
      recomputations_(architecture.size()),
      value_gradients_(architecture.size()),
      wants_gradient_(architecture.size()),
      backward_(architecture.size()) {}

CompiledNetwork Compiler::compile() {
  check();
  find_gradients();
  if (training()) add_parameter_gradients();
  compile_forward();
  add_outputs();
  tape().enter(Pass::backward);
  if (training()) compile_backward();
  return std::move(network_);
}

void Compiler::check() const {
  check_complete(architecture_);
  if (settings_.batch < 1) {
    throw Error(
        ErrorKind::internal,
        fmt::format("a program's batch size is '{}'; it must be at least 1", settings_.batch));
  }
  const std::size_t inputs = architecture_.input_nodes().size();
  if (inputs != 1) {
    throw Error(ErrorKind::space, fmt::format("the network has {} inputs; the engine runs networks "
                                              "with one: join them into one node of kind 'input'",
                                              inputs));
  }
}

void Compiler::find_gradients() {
  for (NodeId node = 0; node < architecture_.size(); ++node) {
    const auto parameters = architecture_.parameters(node);
    const bool trainable = std::ranges::any_of(
        parameters, [](const ParameterSpec& spec) { return is_trainable(spec.role); });
    const bool below = std::ranges::any_of(architecture_.inputs(node),
                                           [&](NodeId input) { return wants_gradient_[input]; });
    wants_gradient_[node] = trainable || below;
  }
}

void Compiler::add_parameter_gradients() {
  for (NodeId node = 0; node < architecture_.size(); ++node) {
    for (const ParameterSpec& spec : architecture_.parameters(node)) {
      if (!is_trainable(spec.role)) continue;
      network_.gradients.push_back({.name = parameter_name(architecture_, node, spec.suffix),
                                    .buffer = add_buffer(plain(spec.shape), Home::persistent)});
    }
  }
}

void Compiler::compile_forward() {
  for (NodeId node = 0; node < architecture_.size(); ++node) {
    guard(node, [&] { compile_node(node); });
    attribute_steps(node);
  }
  network_.input = value(architecture_.input_nodes().front());
}

void Compiler::compile_node(NodeId node) {
  if (!fusions_.is_fused(node)) {
    backward_[node] = kernel(architecture_.op(node).kind())(*this, node);
    return;
  }
  // What the head of the chain wants is the gradient of the chain's last value.
  const NodeId before = input(node);
  backward_[node] = [this, node, before] { add_gradient(before, gradient(node)); };
}

void Compiler::set_value(NodeId node, BufferId buffer) {
  values_[node] = buffer;
  for (const NodeId behind : fusions_.behind(node)) values_[behind] = buffer;
}

void Compiler::add_outputs() {
  for (const NodeId node : architecture_.outputs()) {
    guard(node, [&] {
      const BufferId buffer = in_layout(value(node), plain(dims(node)));
      tape().keep_to_end(buffer);
      network_.outputs.push_back(buffer);
    });
    network_.step_nodes.resize(tape().steps(Pass::forward).size(), {node});
  }
}

/// The steps that were added since the last call: for the node, and for what is fused behind it.
void Compiler::attribute_steps(NodeId node) {
  std::vector<NodeId> nodes{node};
  nodes.insert(nodes.end(), fused_behind(node).begin(), fused_behind(node).end());
  network_.step_nodes.resize(tape().steps(Pass::forward).size(), nodes);
}

void Compiler::compile_backward() {
  for (const NodeId node : architecture_.outputs()) {
    const BufferId gradient = add_buffer(plain(dims(node)));
    tape().written_before_backward(gradient);
    network_.output_gradients.push_back(gradient);
    if (wants_gradient(node)) guard(node, [&] { add_gradient(node, gradient); });
  }
  for (NodeId node = architecture_.size(); node-- > 0;) {
    // Where all readers are constant, such as `zero`, the gradients of its parameters stay zero.
    if (wants_gradient(node) && value_gradients_[node]) guard(node, backward_[node]);
  }
}

/// oneDNN's errors say what failed, but not for which node.
void Compiler::guard(NodeId node, const std::function<void()>& work) const {
  try {
    work();
  } catch (const dnnl::error& error) {
    throw Error(ErrorKind::internal,
                fmt::format("oneDNN cannot run node '{}' ({}) at batch size {}: {}",
                            architecture_.name(node), architecture_.op(node).row().name,
                            settings_.batch, error.what()));
  }
}

Dims Compiler::dims(NodeId node) const {
  const Shape& shape = architecture_.shape(node);
  return {settings_.batch, shape.channels, shape.height, shape.width};
}

BufferId Compiler::value_again(NodeId node) {
  if (recomputations_[node]) {
    set_value(node, recomputations_[node]());
    set_recomputation(node, {});
  }
  return value(node);
}

void Compiler::set_recomputation(NodeId node, std::function<BufferId()> recompute) {
  for (const NodeId behind : fusions_.behind(node)) recomputations_[behind] = recompute;
  recomputations_[node] = std::move(recompute);
}

NodeId Compiler::leading_input(NodeId node) const {
  const std::vector<NodeId>& inputs = architecture_.inputs(node);
  const auto found = std::ranges::find_if(
      inputs, [&](NodeId input) { return desc(value(input)) != plain_like(desc(value(input))); });
  return found == inputs.end() ? inputs.front() : *found;
}

void Compiler::add_gradient(NodeId node, BufferId buffer) {
  std::optional<BufferId>& sum = value_gradients_[node];
  if (!sum) {
    sum = buffer;
    return;
  }
  // A blocked layout is what the node's own backward most likely wants.
  const bool second_is_plain = desc(buffer) == plain_like(desc(buffer));
  const Desc layout = second_is_plain ? desc(*sum) : desc(buffer);
  const BufferId a = in_layout(*sum, layout);
  const BufferId b = in_layout(buffer, layout);
  const BufferId total = add_buffer(layout);
  tape().add(binary_add(layout), {{DNNL_ARG_SRC_0, a}, {DNNL_ARG_SRC_1, b}, {DNNL_ARG_DST, total}});
  tape().allow_in_place(a, total);
  sum = total;
}

bool Compiler::has_parameter(NodeId node, std::string_view suffix) const {
  const auto parameters = architecture_.parameters(node);
  return std::ranges::find(parameters, suffix, &ParameterSpec::suffix) != parameters.end();
}

BufferId Compiler::parameter(NodeId node, std::string_view suffix) {
  const std::string name = parameter_name(architecture_, node, suffix);
  if (const ParameterBuffer* known = find(network_.parameters, name)) return known->buffer;
  const auto specs = architecture_.parameters(node);
  const auto spec = std::ranges::find(specs, suffix, &ParameterSpec::suffix);
  if (spec == specs.end()) {
    throw Error(ErrorKind::internal, fmt::format("no node has a parameter '{}'", name));
  }
  const BufferId buffer = add_buffer(plain(spec->shape), Home::parameter);
  network_.parameters.push_back({.name = name, .buffer = buffer});
  return buffer;
}

BufferId Compiler::parameter_gradient(NodeId node, std::string_view suffix) const {
  const std::string name = parameter_name(architecture_, node, suffix);
  if (const ParameterBuffer* found = find(network_.gradients, name)) return found->buffer;
  throw Error(ErrorKind::internal, fmt::format("no node trains a parameter '{}'", name));
}

BufferId Compiler::in_layout(BufferId buffer, const Desc& wanted) {
  if (desc(buffer) == wanted) return buffer;
  const BufferId copied = add_buffer(wanted);
  copy(buffer, copied);
  return copied;
}

BufferId Compiler::in_known_layout(BufferId buffer) {
  return channel_blocks(desc(buffer)) ? buffer : in_layout(buffer, plain_like(desc(buffer)));
}

void Compiler::copy(BufferId from, BufferId to) {
  tape().add(reorder(desc(from), desc(to)), {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
}

}  // namespace nas::engine
