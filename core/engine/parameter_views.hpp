/// From stored tensors to what kernels see of them, and from what kernels give as gradients back.
///
/// A kernel reads its parameters, and writes their gradients, as plain buffers of the shape that
/// its op has. Where a parameter is a whole stored tensor, or a part of one that lies in one piece,
/// that buffer is the stored one under another description. Otherwise steps gather the part and
/// multiply the kernels of a transform, for inference once, in preparation, for training before the
/// node's own steps; others scatter the gradient after its backward steps. The gradient of a stored
/// tensor that is used more than once is zeroed, where it is touched, as the backward pass begins;
/// its users add to it in the order of the backward pass.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/architecture/architecture.hpp"
#include "core/engine/compiled_network.hpp"
#include "core/engine/program.hpp"

namespace nas::engine {

class ParameterViews {
 public:
  ParameterViews(const Architecture& architecture, CompiledNetwork& network, Mode mode);

  /// Creates the gradients of all stored tensors that the network trains.
  void add_gradients();
  /// The parameter's values; steps are added when it is asked for first.
  BufferId value(NodeId node, std::string_view suffix);
  /// What the node's backward steps write, all of it.
  BufferId gradient(NodeId node, std::string_view suffix);
  /// First in the backward pass.
  void clear_gradients();
  /// After the node's backward steps: brings its gradients to those of the stored tensors.
  void scatter_gradients(NodeId node);

 private:
  /// A stage of the chain from the second on: what its matrix is multiplied with.
  struct Transform {
    BufferId matrix;
    BufferId source;
  };
  struct View {
    ParameterReference reference;
    ResolvedReference resolved;
    std::optional<BufferId> value;
    std::vector<Transform> transforms;
    std::optional<BufferId> gradient;
    bool direct = false;  ///< the gradient is a part of the stored tensor's own
  };

  /// When views are read, and where their values are kept until then.
  Pass pass() const { return mode_ == Mode::training ? Pass::forward : Pass::preparation; }
  Home home() const { return mode_ == Mode::training ? Home::arena : Home::persistent; }
  View& view(NodeId node, std::string_view suffix);
  /// The stored tensor's values, all of them.
  BufferId stored(const std::string& name, const std::vector<std::int64_t>& shape);
  BufferId take(BufferId whole, const ViewStage& stage);
  BufferId transform(View& view, const ViewStage& stage, BufferId source);
  /// The gradient of what a stage keeps, with zeros for what it drops.
  BufferId expand(const ViewStage& stage, BufferId gradient);
  /// Brings a gradient from behind a stage to before its matrix.
  BufferId transform_back(const Transform& transform, const ViewStage& stage, BufferId gradient);
  GradientBuffer& stored_gradient(const std::string& name);
  void touch(const std::string& name, GuardId guard, ElementRuns runs);
  void touch(NodeId node, const ParameterSpec& spec);
  bool used_once(const std::string& name) const { return uses_.at(name) == 1; }
  /// Adds to the stored gradient, or sets it where nobody else does.
  void scatter(BufferId gradient, const std::string& name, ElementRuns runs);

  const Architecture& architecture_;
  CompiledNetwork& network_;
  Mode mode_;
  std::unordered_map<std::string, BufferId> stored_;
  std::map<std::pair<NodeId, std::string>, View> views_;
  std::map<std::string, int> uses_;            ///< of trained tensors, in the backward pass
  std::map<std::string, std::size_t> places_;  ///< in `network_.gradients`
};

}  // namespace nas::engine
