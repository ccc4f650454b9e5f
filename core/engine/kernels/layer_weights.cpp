#include "core/engine/kernels/layer_weights.hpp"

namespace nas::engine {

LayerWeights::LayerWeights(Compiler& compiler, NodeId node, const Dims& dims)
    : compiler_(&compiler),
      node_(node),
      plain_(plain(dims)),
      weights_(compiler.tape().reinterpret(compiler.parameter(node, "weight"), plain_)),
      packed_(weights_) {
  if (compiler.has_parameter(node, "bias")) bias_ = compiler.parameter(node, "bias");
}

BufferId LayerWeights::packed(const Desc& layout) {
  if (compiler_->desc(packed_) != layout) packed_ = compiler_->in_layout(weights_, layout);
  return packed_;
}

BufferId LayerWeights::gradient(const Desc& layout) {
  if (layout == plain_) return compiler_->tape().reinterpret(plain_gradient(), plain_);
  return compiler_->add_buffer(layout);
}

void LayerWeights::unpack(BufferId gradient) {
  if (compiler_->desc(gradient) == plain_) return;
  compiler_->copy(gradient, compiler_->tape().reinterpret(plain_gradient(), plain_));
}

Desc LayerWeights::bias_desc() const { return bias_ ? compiler_->desc(*bias_) : Desc(); }

}  // namespace nas::engine
