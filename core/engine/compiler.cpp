#include "core/engine/compiler.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/engine/channel_blocks.hpp"
#include "core/engine/kernels/conversion.hpp"
#include "core/engine/kernels/kernel_table.hpp"
#include "core/engine/kernels/open_sum.hpp"

namespace nas::engine {
namespace {

std::vector<NodeId> find_taps(const Architecture& architecture,
                              const std::vector<std::string>& taps) {
  std::vector<std::string> names;
  for (NodeId node = 0; node < architecture.size(); ++node) {
    names.push_back(architecture.name(node));
  }
  std::vector<NodeId> result;
  for (const std::string& tap : taps) {
    const auto found = std::ranges::find(names, tap);
    if (found == names.end()) {
      throw Error(ErrorKind::internal, fmt::format("the network has no node '{}' to tap{}", tap,
                                                   suggestion(tap, names)));
    }
    result.push_back(static_cast<NodeId>(found - names.begin()));
  }
  return result;
}

/// Whether the value follows from the attributes and the inputs alone.
bool is_function(OpKind kind) {
  return kind != OpKind::input && kind != OpKind::dropout && kind != OpKind::drop_path;
}

/// Whether a primitive with these arguments writes that one of them.
bool is_written(std::span<const Argument> arguments, int slot) {
  // Backward some read what they wrote forward.
  const bool backward =
      std::ranges::find(arguments, DNNL_ARG_DIFF_DST, &Argument::slot) != arguments.end();
  if (!backward) return slot == DNNL_ARG_DST;
  return slot == DNNL_ARG_DIFF_SRC || slot == DNNL_ARG_DIFF_WEIGHTS || slot == DNNL_ARG_DIFF_BIAS;
}

}  // namespace

Compiler::Compiler(const Architecture& architecture, ProgramSettings settings)
    : architecture_(architecture),
      settings_(std::move(settings)),
      precision_(settings_.precision),
      taps_(find_taps(architecture, settings_.taps)),
      fusions_(architecture, settings_.mode, taps_),
      views_(architecture, network_, settings_.mode),
      same_(architecture.size()),
      values_(architecture.size()),
      recomputations_(architecture.size()),
      contributions_(architecture.size()),
      value_gradients_(architecture.size()),
      wants_gradient_(architecture.size()),
      backward_(architecture.size()) {}

CompiledNetwork Compiler::compile() {
  check();
  network_.taps.resize(taps_.size());
  find_gradients();
  network_.gates = std::make_shared<Gates>(architecture_);
  find_repeated();
  if (differentiates()) views_.add_gradients();
  compile_forward();
  add_outputs();
  tape().enter(Pass::backward);
  if (differentiates()) compile_backward();
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
  if (!differentiates()) return;
  for (NodeId node = 0; node < architecture_.size(); ++node) {
    const auto parameters = architecture_.parameters(node);
    const bool trainable = std::ranges::any_of(
        parameters, [](const ParameterSpec& spec) { return is_trainable(spec.role); });
    const bool below = std::ranges::any_of(architecture_.inputs(node),
                                           [&](NodeId input) { return wants_gradient_[input]; });
    const bool is_constant = architecture_.op(node).kind() == OpKind::zero;
    wants_gradient_[node] = trainable || (below && !is_constant) || is_tapped(node);
  }
}

/// The edges of a cell repeat each other's activations and poolings. Of those that have no
/// parameters the first does the work of all, if it runs whenever they do.
void Compiler::find_repeated() {
  std::map<Work, NodeId> first;
  for (NodeId node = 0; node < architecture_.size(); ++node) {
    same_[node] = node;
    const Op& op = architecture_.op(node);
    if (fusions_.is_fused(node) || !fusions_.behind(node).empty() || !is_function(op.kind()) ||
        !architecture_.parameters(node).empty()) {
      continue;
    }
    std::vector<NodeId> inputs;
    for (const NodeId input : architecture_.inputs(node)) inputs.push_back(same_[input]);
    const NodeId other = first.try_emplace({op.kind(), op.values(), inputs}, node).first->second;
    const GuardId guard = gates().guard(other);
    const bool runs = guard == always_open || guard == gates().guard(node);
    if (runs && wants_gradient_[other] == wants_gradient_[node]) same_[node] = other;
  }
}

void Compiler::compile_forward() {
  for (NodeId node = 0; node < architecture_.size(); ++node) {
    for_node(node, [&] {
      compile_node(node);
      add_taps(node);
    });
    attribute_steps(Pass::forward, node);
  }
  network_.input = value(architecture_.input_nodes().front());
}

void Compiler::compile_node(NodeId node) {
  const NodeId same = same_[node];
  if (same != node) {
    set_value(node, value(same));
    backward_[node] = [this, node, same] { add_gradient(same, gradient(node)); };
    return;
  }
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

/// Whether somebody outside looks at the node's gradient.
bool Compiler::is_tapped(NodeId node) const {
  const bool is_image = architecture_.op(node).kind() == OpKind::input;
  return (settings_.input_gradient && is_image) || std::ranges::find(taps_, node) != taps_.end();
}

/// The buffer in the plain layout, for somebody outside to read after the run.
BufferId Compiler::tapped(NodeId node, BufferId buffer) {
  const BufferId copy = in_layout(buffer, plain(dims(node)));
  tape().keep_to_end(copy);
  return copy;
}

void Compiler::add_taps(NodeId node) {
  for (std::size_t i = 0; i < taps_.size(); ++i) {
    if (taps_[i] == node) network_.taps[i].value = tapped(node, value(node));
  }
}

void Compiler::add_gradient_taps(NodeId node) {
  for (std::size_t i = 0; i < taps_.size(); ++i) {
    if (taps_[i] == node) network_.taps[i].gradient = tapped(node, gradient(node));
  }
  if (settings_.input_gradient && architecture_.op(node).kind() == OpKind::input) {
    network_.input_gradient = tapped(node, gradient(node));
  }
}

void Compiler::add_outputs() {
  for (const NodeId node : architecture_.outputs()) {
    for_node(node, [&] { network_.outputs.push_back(tapped(node, value(node))); });
    attribute_steps(Pass::forward, node);
  }
}

/// The steps that were added since the last call: for the node, and for what is fused behind it.
void Compiler::attribute_steps(Pass pass, NodeId node) {
  std::vector<NodeId> nodes{node};
  nodes.insert(nodes.end(), fused_behind(node).begin(), fused_behind(node).end());
  network_.step_nodes[static_cast<std::size_t>(pass)].resize(tape().steps(pass).size(), nodes);
}

void Compiler::compile_backward() {
  tape().set_guard(always_open);
  views_.clear_gradients();
  for (const NodeId node : architecture_.outputs()) {
    const BufferId gradient = add_buffer(plain(dims(node)));
    tape().written_before_backward(gradient);
    network_.output_gradients.push_back(gradient);
    if (wants_gradient(node)) for_node(node, [&] { add_gradient(node, gradient); });
  }
  for (NodeId node = architecture_.size(); node-- > 0;) {
    // Where all readers are constant, such as `zero`, the gradients of its parameters stay zero.
    const bool is_constant = contributions_[node].empty();
    if (!wants_gradient(node) || (is_constant && !is_tapped(node))) continue;
    for_node(node, [&] {
      finish_gradient(node);
      add_gradient_taps(node);
      if (is_constant) return;
      backward_[node]();
      views_.scatter_gradients(node);
    });
    attribute_steps(Pass::backward, node);
  }
}

/// Steps that `work` adds are the node's: they run when it does. oneDNN's errors say what failed,
/// but not for which node.
void Compiler::for_node(NodeId node, const std::function<void()>& work) {
  tape().set_guard(gates().guard(node));
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
    // Whenever the node runs: other readers than this one may want the value as well.
    const GuardId guard = tape().set_guard(gates().guard(node));
    set_value(node, recomputations_[node]());
    set_recomputation(node, {});
    tape().set_guard(guard);
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

/// Whether the contribution is there whenever the node runs.
bool Compiler::comes_with(NodeId node, const Contribution& contribution) const {
  return contribution.guard == always_open || contribution.guard == gates().guard(node);
}

void Compiler::add_gradient(NodeId node, BufferId buffer) {
  std::vector<Contribution>& all = contributions_[node];
  const Contribution next{buffer, tape().guard()};
  if (all.size() == 1 && comes_with(node, all.front()) && comes_with(node, next)) {
    all.front() = {add(all.front().buffer, buffer), next.guard};
  } else {
    all.push_back(next);
  }
}

BufferId Compiler::add(BufferId first, BufferId second) {
  // A blocked layout is what the node's own backward most likely wants.
  const bool second_is_plain = desc(second) == plain_like(desc(second));
  const Desc layout = second_is_plain ? desc(first) : desc(second);
  const BufferId a = in_layout(first, layout);
  const BufferId b = in_layout(second, layout);
  const BufferId total = add_buffer(layout);
  add_primitive(binary_add(precision_.seen(layout)),
                {{DNNL_ARG_SRC_0, a}, {DNNL_ARG_SRC_1, b}, {DNNL_ARG_DST, total}});
  tape().allow_in_place(a, total);
  return total;
}

/// The sum of what readers have contributed, where that is one term already or some of it may not
/// be there.
void Compiler::finish_gradient(NodeId node) {
  const std::vector<Contribution>& all = contributions_[node];
  const bool is_one = all.size() == 1 && comes_with(node, all.front());
  value_gradients_[node] = is_one ? all.front().buffer : add_open(node, all);
}

BufferId Compiler::add_open(NodeId node, const std::vector<Contribution>& contributions) {
  Desc layout = plain(dims(node));
  for (const Contribution& each : contributions) {
    if (layout == plain_like(layout)) layout = in_type(desc(each.buffer), DataType::f32);
  }
  std::vector<GuardId> guards;
  std::vector<BufferId> buffers;
  for (const Contribution& each : contributions) {
    tape().set_guard(each.guard);
    guards.push_back(each.guard);
    buffers.push_back(in_layout(each.buffer, layout));
  }
  tape().set_guard(gates().guard(node));
  const BufferId total = add_buffer(layout);
  buffers.push_back(total);
  tape().add(OpenSum(gates(), std::move(guards), layout.get_size() / sizeof(float)), buffers);
  tape().allow_in_place(buffers.front(), total);
  return total;
}

bool Compiler::has_parameter(NodeId node, std::string_view suffix) const {
  const auto parameters = architecture_.parameters(node);
  return std::ranges::find(parameters, suffix, &ParameterSpec::suffix) != parameters.end();
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

BufferId Compiler::in_values_of(BufferId buffer, DataType type) {
  return in_layout(buffer, in_type(desc(buffer), type));
}

void Compiler::copy(BufferId from, BufferId to) {
  if (data_type(desc(from)) != data_type(desc(to)) && same_layout(desc(from), desc(to))) {
    tape().add(Conversion(desc(from), desc(to)), {from, to});
    return;
  }
  const auto is_float = [&](BufferId id) { return data_type(desc(id)) == DataType::f32; };
  if (!precision_.is_direct() && !(is_float(from) && is_float(to))) {
    const BufferId floats = in_floats(from);
    copy(is_float(to) ? floats : in_layout(floats, in_type(desc(to), DataType::f32)), to);
    return;
  }
  tape().add(reorder(desc(from), desc(to)), {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
}

void Compiler::add_primitive(const primitive_desc_base& descriptor,
                             std::vector<Argument> arguments) {
  if (precision_.is_direct()) {
    tape().add(descriptor, std::move(arguments));
    return;
  }
  std::vector<std::pair<BufferId, BufferId>> written;
  for (Argument& argument : arguments) {
    const BufferId kept = argument.buffer;
    const Desc seen = argument_desc(descriptor, argument.slot);
    if (desc(kept) == seen) continue;
    if (is_written(arguments, argument.slot)) {
      argument.buffer = add_buffer(seen);
      written.emplace_back(argument.buffer, kept);
      if (adds_to_destination(descriptor)) copy(kept, argument.buffer);
    } else {
      argument.buffer = in_layout(kept, seen);
    }
  }
  tape().add(descriptor, std::move(arguments));
  for (const auto& [from, to] : written) copy(from, to);
}

}  // namespace nas::engine
