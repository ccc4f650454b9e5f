/// The weights of convolutions and linear layers: plain in the store, in a primitive's own layout
/// while it runs.
#pragma once

#include "core/engine/compiler.hpp"

namespace nas::engine {

class LayerWeights {
 public:
  /// `dims` are those that oneDNN knows the node's weights by: groups come first where there are
  /// any.
  LayerWeights(Compiler& compiler, NodeId node, const Dims& dims);

  /// Inference only: from now on weights and bias are those that do the work of `batch_norm`, which
  /// reads the layer, as well.
  void fold(NodeId batch_norm);

  /// The weights in the given layout, packed anew unless the last one packed has it. For inference
  /// they are packed once, in preparation.
  BufferId packed(const Desc& layout);
  /// The weights in their plain layout.
  BufferId plain_values() const { return weights_; }
  /// What backward-weights writes to; `unpack` must follow its step.
  BufferId gradient(const Desc& layout);
  void unpack(BufferId gradient);
  /// Bias where the layer has one.
  const std::optional<BufferId>& bias() const { return bias_; }
  /// The bias' layout; without axes where there is none.
  Desc bias_desc() const;
  BufferId bias_gradient() const { return compiler_->parameter_gradient(node_, "bias"); }
  /// The weights' gradient in its plain layout, as the store has it.
  BufferId plain_gradient() const { return compiler_->parameter_gradient(node_, "weight"); }

 private:
  Compiler* compiler_;
  NodeId node_;
  Desc plain_;
  BufferId weights_;
  BufferId packed_;
  std::optional<BufferId> bias_;
};

}  // namespace nas::engine
