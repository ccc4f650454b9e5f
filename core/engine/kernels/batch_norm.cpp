#include "core/engine/kernels/batch_norm.hpp"

#include <algorithm>
#include <cmath>

#include "core/engine/channel_blocks.hpp"
#include "core/engine/kernels/kernel_table.hpp"
#include "core/engine/vector/normalisation.hpp"

namespace nas::engine {
namespace {

using Buffers = std::span<float* const>;

/// Floats that the constants of a batch norm take, and where each kind of them lies.
std::int64_t constants_size(const BlockSizes& blocks) { return 4 * blocks.blocks * blocks.width; }

NormConstants constants_at(const BlockSizes& blocks, const float* values) {
  const std::int64_t channels = blocks.blocks * blocks.width;
  return {values, values + channels, values + 2 * channels, values + 3 * channels};
}

/// `scale` and `shift` may be null: 1 and 0.
struct NormParameters {
  const float* mean;
  const float* variance;
  const float* scale;
  const float* shift;
  float epsilon;
};

void compute_constants(const BlockSizes& blocks, const NormParameters& norm, float* values) {
  std::fill(values, values + constants_size(blocks), 0.0F);
  const std::int64_t channels = blocks.blocks * blocks.width;
  for (std::int64_t c = 0; c < blocks.channels; ++c, ++values) {
    const double deviation = std::sqrt(static_cast<double>(norm.variance[c]) + norm.epsilon);
    const double multiplier = (norm.scale ? norm.scale[c] : 1.0) / deviation;
    values[0] = static_cast<float>(multiplier);
    values[channels] = norm.shift ? norm.shift[c] : 0.0F;
    values[2 * channels] = norm.mean[c];
    values[3 * channels] = static_cast<float>(1 / deviation);
  }
}

/// A batch norm, with the activation behind it where there is one.
class BatchNorm {
 public:
  BatchNorm(Compiler& compiler, NodeId node)
      : compiler_(compiler),
        node_(node),
        input_(compiler.input(node)),
        parameters_(norm_buffers(compiler, node)),
        activation_(activation_behind()),
        source_(in_normal_layout(compiler.value(input_))),
        layout_(compiler.desc(source_)),
        blocks_(channel_blocks(layout_).value()),
        kernels_(norm_kernels(activation_, value_type(layout_), blocks_.width)),
        constants_(compiler.add_buffer(plain({constants_size(blocks_)}), home_of_constants())) {}

  void add_forward() {
    if (compiler_.training()) add_moments();
    add_constants();
    compiler_.set_value(node_, normalised());
  }

  /// Adds the step that gives the value.
  BufferId normalised() const {
    const BufferId value = compiler_.add_buffer(layout_);
    compiler_.tape().add(
        [blocks = blocks_, normalise = kernels_.normalise](Buffers buffers) {
          normalise(blocks, constants_at(blocks, buffers[0]), buffers[1], buffers[2]);
        },
        {constants_, source_, value});
    compiler_.tape().allow_in_place(source_, value);
    return value;
  }

  void add_backward() {
    const BufferId gradient = compiler_.in_layout(compiler_.gradient(node_), layout_);
    const BufferId scale_gradient = parameter_gradient(parameters_.scale, "scale");
    const BufferId shift_gradient = parameter_gradient(parameters_.shift, "shift");
    compiler_.tape().add(
        [blocks = blocks_, run = kernels_.parameter_gradients](Buffers buffers) {
          run(blocks, constants_at(blocks, buffers[0]), buffers[1], buffers[2], buffers[3],
              buffers[4]);
        },
        {constants_, source_, gradient, scale_gradient, shift_gradient});
    if (!compiler_.wants_gradient(input_)) return;
    const BufferId source_gradient = compiler_.add_buffer(layout_);
    compiler_.tape().add(
        [blocks = blocks_, run = kernels_.source_gradient](Buffers buffers) {
          run(blocks, constants_at(blocks, buffers[0]), buffers[1], buffers[2], buffers[3],
              buffers[4], buffers[5]);
        },
        {constants_, source_, gradient, scale_gradient, shift_gradient, source_gradient});
    compiler_.tape().allow_in_place(gradient, source_gradient);
    compiler_.add_gradient(input_, source_gradient);
  }

 private:
  FusedActivation activation_behind() const {
    const auto& behind = compiler_.fused_behind(node_);
    if (behind.empty()) return FusedActivation::none;
    return fused_activation(compiler_.architecture().op(behind.front()).kind()).value();
  }

  BufferId in_normal_layout(BufferId buffer) const {
    const auto blocks = channel_blocks(compiler_.desc(buffer));
    if (blocks && has_norm_kernels(*blocks)) return buffer;
    return compiler_.in_layout(buffer, plain_like(compiler_.desc(buffer)));
  }

  /// Of the batch, in the place of the running statistics.
  void add_moments() {
    const std::int64_t channels = blocks_.channels;
    parameters_.mean = compiler_.add_buffer(plain({channels}), Home::persistent);
    parameters_.variance = compiler_.add_buffer(plain({channels}), Home::persistent);
    compiler_.tape().add(
        [blocks = blocks_, moments = kernels_.moments](Buffers buffers) {
          moments(blocks, buffers[0], buffers[1], buffers[2]);
        },
        {source_, parameters_.mean, parameters_.variance});
    const Architecture& architecture = compiler_.architecture();
    compiler_.add_statistics({.node = node_,
                              .mean = parameters_.mean,
                              .variance = parameters_.variance,
                              .count = compiler_.batch() * architecture.shape(node_).pixels(),
                              .momentum = architecture.op(node_).real("momentum")});
  }

  /// Running statistics change as seldom as weights.
  Home home_of_constants() const { return compiler_.training() ? Home::arena : Home::persistent; }

  void add_constants() {
    const InPass pass(compiler_.tape(), compiler_.training() ? Pass::forward : Pass::preparation);
    const bool affine = parameters_.scale.has_value();
    compiler_.tape().add(
        [blocks = blocks_, affine, epsilon = parameters_.epsilon](Buffers buffers) {
          compute_constants(blocks,
                            {.mean = buffers[0],
                             .variance = buffers[1],
                             .scale = affine ? buffers[2] : nullptr,
                             .shift = affine ? buffers[3] : nullptr,
                             .epsilon = epsilon},
                            buffers[4]);
        },
        {parameters_.mean, parameters_.variance, parameters_.scale.value_or(parameters_.mean),
         parameters_.shift.value_or(parameters_.mean), constants_});
  }

  /// Backward needs both sums, also where nobody trains a scale and a shift.
  BufferId parameter_gradient(const std::optional<BufferId>& parameter,
                              std::string_view suffix) const {
    if (parameter) return compiler_.parameter_gradient(node_, suffix);
    return compiler_.add_buffer(plain({blocks_.channels}));
  }

  Compiler& compiler_;
  NodeId node_;
  NodeId input_;
  NormBuffers parameters_;
  FusedActivation activation_;
  BufferId source_;
  Desc layout_;
  BlockSizes blocks_;
  NormKernels kernels_;
  BufferId constants_;
};

}  // namespace

NormBuffers norm_buffers(Compiler& compiler, NodeId batch_norm) {
  NormBuffers result{
      .mean = compiler.parameter(batch_norm, "running_mean"),
      .variance = compiler.parameter(batch_norm, "running_variance"),
      .scale = {},
      .shift = {},
      .epsilon = static_cast<float>(compiler.architecture().op(batch_norm).real("epsilon"))};
  if (compiler.has_parameter(batch_norm, "scale")) {
    result.scale = compiler.parameter(batch_norm, "scale");
    result.shift = compiler.parameter(batch_norm, "shift");
  }
  return result;
}

std::function<void()> compile_batch_norm(Compiler& compiler, NodeId node) {
  const auto norm = std::make_shared<BatchNorm>(compiler, node);
  norm->add_forward();
  // Backward reads the source anyway; the value costs one pass over it, but no memory in between.
  if (compiler.training()) {
    compiler.set_recomputation(node, [norm] { return norm->normalised(); });
  }
  return [norm] { norm->add_backward(); };
}

}  // namespace nas::engine
