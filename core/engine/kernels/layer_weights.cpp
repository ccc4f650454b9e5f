#include "core/engine/kernels/layer_weights.hpp"

#include <cmath>

#include "core/engine/kernels/batch_norm.hpp"

namespace nas::engine {
namespace {

/// What a batch norm in inference mode does to a layer's output: multiplies and adds, per channel.
struct Fold {
  std::int64_t channels;
  std::int64_t weights_of_channel;
  float epsilon;
  bool affine;
  bool has_bias;
};

/// Buffers: weights, bias or anything, running mean, running variance, scale and shift or anything,
/// folded weights, folded bias.
void run_fold(const Fold& fold, std::span<float* const> buffers) {
  const float* weights = buffers[0];
  float* folded = buffers[6];
  for (std::int64_t c = 0; c < fold.channels; ++c) {
    const double scale = fold.affine ? buffers[4][c] : 1.0;
    const double shift = fold.affine ? buffers[5][c] : 0.0;
    const double multiplier = scale / std::sqrt(static_cast<double>(buffers[3][c]) + fold.epsilon);
    const double bias = fold.has_bias ? buffers[1][c] : 0.0;
    buffers[7][c] = static_cast<float>(shift + (bias - buffers[2][c]) * multiplier);
    for (std::int64_t i = 0; i < fold.weights_of_channel; ++i) {
      *folded++ = static_cast<float>(*weights++ * multiplier);
    }
  }
}

}  // namespace

LayerWeights::LayerWeights(Compiler& compiler, NodeId node, const Dims& dims)
    : compiler_(&compiler),
      node_(node),
      plain_(plain(dims)),
      weights_(compiler.tape().reinterpret(compiler.parameter(node, "weight"), plain_)),
      packed_(weights_) {
  if (compiler.has_parameter(node, "bias")) bias_ = compiler.parameter(node, "bias");
}

void LayerWeights::fold(NodeId batch_norm) {
  const InPass preparation(compiler_->tape(), Pass::preparation);
  const std::int64_t channels = compiler_->architecture().shape(node_).channels;
  const auto values = static_cast<std::int64_t>(plain_.get_size() / sizeof(float));
  const NormBuffers norm = norm_buffers(*compiler_, batch_norm);
  const Fold fold{.channels = channels,
                  .weights_of_channel = values / channels,
                  .epsilon = norm.epsilon,
                  .affine = norm.scale.has_value(),
                  .has_bias = bias_.has_value()};
  const BufferId folded = compiler_->add_buffer(plain_, Home::persistent);
  const BufferId bias = compiler_->add_buffer(plain({channels}), Home::persistent);
  compiler_->tape().add([fold](std::span<float* const> buffers) { run_fold(fold, buffers); },
                        {weights_, bias_.value_or(bias), norm.mean, norm.variance,
                         norm.scale.value_or(bias), norm.shift.value_or(bias), folded, bias});
  weights_ = packed_ = folded;
  bias_ = bias;
}

BufferId LayerWeights::packed(const Desc& layout) {
  if (compiler_->desc(packed_) == layout) return packed_;
  if (compiler_->training()) {
    packed_ = compiler_->in_layout(weights_, layout);
    return packed_;
  }
  const InPass preparation(compiler_->tape(), Pass::preparation);
  packed_ = compiler_->add_buffer(layout, Home::persistent);
  compiler_->copy(weights_, packed_);
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
