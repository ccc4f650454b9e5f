/// Turns an architecture into a tape: what kernels see while they add their steps.
///
/// Every node's kernel adds its forward steps and returns what adds its backward steps; those run
/// in reverse order, each after all readers of the node's value have contributed to its gradient.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/architecture/architecture.hpp"
#include "core/engine/compiled_network.hpp"
#include "core/engine/dnnl.hpp"
#include "core/engine/fusion.hpp"
#include "core/engine/mixed_precision.hpp"
#include "core/engine/parameter_views.hpp"
#include "core/engine/program.hpp"
#include "core/engine/tape.hpp"

namespace nas::engine {

class Compiler {
 public:
  Compiler(const Architecture& architecture, ProgramSettings settings);
  /// Throws Error(space) where the engine cannot run the network.
  CompiledNetwork compile();

  const Architecture& architecture() const { return architecture_; }
  bool training() const { return settings_.mode == Mode::training; }
  bool differentiates() const { return training() && settings_.backward; }
  std::int64_t batch() const { return settings_.batch; }
  /// What activations are kept in, and what primitives are described in.
  const MixedPrecision& precision() const { return precision_; }
  /// N, C, H, W of a node's value.
  Dims dims(NodeId node) const;
  /// The node's input with the given position.
  NodeId input(NodeId node, std::size_t index = 0) const {
    return architecture_.inputs(node).at(index);
  }
  /// The nodes behind this one whose values its kernel computes as well.
  const std::vector<NodeId>& fused_behind(NodeId node) const { return fusions_.behind(node); }

  BufferId value(NodeId node) const { return values_[node].value(); }
  /// Also of the nodes that are fused behind.
  void set_value(NodeId node, BufferId buffer);
  /// While steps of the backward pass are added: the same value, which is computed once more where
  /// that is cheaper than to keep it since the forward pass.
  BufferId value_again(NodeId node);
  /// What adds the step that computes the node's value, and of those fused behind, once more.
  void set_recomputation(NodeId node, std::function<BufferId()> recompute);

  /// The first of the node's inputs whose value is not in the plain layout, which the others had
  /// better follow; the first of all where there is none.
  NodeId leading_input(NodeId node) const;

  /// Whether something trainable lies at or before the node, or somebody outside wants it.
  bool wants_gradient(NodeId node) const { return wants_gradient_[node]; }
  /// d loss / d value of the node, complete; in the layout of one of its readers.
  BufferId gradient(NodeId node) const { return value_gradients_[node].value(); }
  /// Adds a reader's contribution, which is there while the tape's present guard is open.
  void add_gradient(NodeId node, BufferId buffer);

  bool has_parameter(NodeId node, std::string_view suffix) const;
  /// In its plain layout and the shape that the op gives it, whatever view of a stored tensor it
  /// is.
  BufferId parameter(NodeId node, std::string_view suffix) { return views_.value(node, suffix); }
  /// To be written, all of it, by the node's backward steps.
  BufferId parameter_gradient(NodeId node, std::string_view suffix) {
    return views_.gradient(node, suffix);
  }
  void add_statistics(const StatisticsBuffers& statistics) {
    network_.statistics.push_back(statistics);
  }

  std::shared_ptr<const StepRandomness> randomness() const { return network_.randomness; }

  Tape& tape() { return network_.tape; }
  const Gates& gates() const { return *network_.gates; }
  const Desc& desc(BufferId buffer) const { return network_.tape.buffer(buffer).desc; }
  BufferId add_buffer(const Desc& desc, Home home = Home::arena) {
    return network_.tape.add_buffer(desc, home);
  }
  /// `buffer` itself where it has that layout and type already, otherwise a copy.
  BufferId in_layout(BufferId buffer, const Desc& desc);
  /// `buffer` itself where kernels of our own can walk its layout, otherwise a plain copy.
  BufferId in_known_layout(BufferId buffer);
  /// `buffer` itself where its values are of that type, otherwise a copy.
  BufferId in_values_of(BufferId buffer, DataType type);
  BufferId in_floats(BufferId buffer) { return in_values_of(buffer, DataType::f32); }
  /// Adds a step that copies `from` to `to`, whose layouts and types may differ.
  void copy(BufferId from, BufferId to);
  /// Adds a primitive's step. What it reads and writes may be kept in another way than it sees it.
  void add_primitive(const primitive_desc_base& descriptor, std::vector<Argument> arguments);

 private:
  /// A part of a gradient, and while which guard is open it is there.
  struct Contribution {
    BufferId buffer;
    GuardId guard;
  };

  /// What a node computes: nodes of equal work have equal values.
  using Work = std::tuple<OpKind, std::vector<double>, std::vector<NodeId>>;

  void check() const;
  void find_gradients();
  void find_repeated();
  void compile_node(NodeId node);
  void compile_forward();
  void compile_backward();
  void add_outputs();
  void attribute_steps(Pass pass, NodeId node);
  void add_taps(NodeId node);
  void add_gradient_taps(NodeId node);
  bool is_tapped(NodeId node) const;
  BufferId tapped(NodeId node, BufferId buffer);
  bool comes_with(NodeId node, const Contribution& contribution) const;
  BufferId add(BufferId a, BufferId b);
  void finish_gradient(NodeId node);
  BufferId add_open(NodeId node, const std::vector<Contribution>& contributions);
  void for_node(NodeId node, const std::function<void()>& work);

  const Architecture& architecture_;
  ProgramSettings settings_;
  MixedPrecision precision_;
  std::vector<NodeId> taps_;
  Fusions fusions_;
  CompiledNetwork network_;
  ParameterViews views_;
  std::vector<NodeId> same_;  ///< the first node of equal work, for most the node itself
  std::vector<std::optional<BufferId>> values_;
  std::vector<std::function<BufferId()>> recomputations_;
  std::vector<std::vector<Contribution>> contributions_;
  std::vector<std::optional<BufferId>> value_gradients_;
  std::vector<bool> wants_gradient_;
  std::vector<std::function<void()>> backward_;
};

}  // namespace nas::engine
