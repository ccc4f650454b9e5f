/// The passes of batch norm over an activation, together with the activation function behind it.
///
/// Two reads of the activation forward and two of it and its gradient backward, where separate
/// steps for batch norm and activation take nearly twice as many: these passes wait for memory, not
/// for arithmetic. Written as y = f((x - mean) * multiplier + shift); what backward needs of y is
/// computed again.
#pragma once

#include <cstdint>

#include "core/engine/bfloat16.hpp"
#include "core/engine/fused_activation.hpp"
#include "core/engine/vector/block_sizes.hpp"

namespace nas::engine {

/// Four values for every channel, each for all channels before the next; those of lanes that are
/// padding are zero.
struct NormConstants {
  const float* multiplier;
  const float* shift;
  const float* mean;
  const float* inverse_deviation;
};

/// `x`, `y` and their gradients are activations, of the type that the kernels are for.
struct NormKernels {
  /// Mean and biased variance of each channel. Sums are taken in float over at most 32 pixels,
  /// around a value near the channel's mean, and in double beyond.
  void (*moments)(const BlockSizes& blocks, const void* x, float* mean, float* variance);

  /// y = f((x - mean) * multiplier + shift).
  void (*normalise)(const BlockSizes& blocks, const NormConstants& constants, const void* x,
                    void* y);

  /// With g = gradient * f'(y): the sums of g (the gradient of the shift) and of g * (x - mean) *
  /// inverse deviation (that of the scale), per channel.
  void (*parameter_gradients)(const BlockSizes& blocks, const NormConstants& constants,
                              const void* x, const void* gradient, float* scale_gradient,
                              float* shift_gradient);

  /// The gradient of x, where the moments were those of the batch. May overwrite `gradient`.
  void (*source_gradient)(const BlockSizes& blocks, const NormConstants& constants, const void* x,
                          const void* gradient, const float* scale_gradient,
                          const float* shift_gradient, void* source_gradient);
};

/// Whether there are kernels for the layout: plain, or blocks of 8 or 16 channels.
constexpr bool has_norm_kernels(const BlockSizes& blocks) {
  return blocks.width == 1 || blocks.width == 8 || blocks.width == 16;
}

/// For activations of that type, in layouts of that width, on this machine.
NormKernels norm_kernels(FusedActivation activation, ValueType type, std::int64_t width);

namespace baseline {
NormKernels norm_kernels(FusedActivation activation, ValueType type, std::int64_t width);
}
namespace avx2 {
NormKernels norm_kernels(FusedActivation activation, ValueType type, std::int64_t width);
}
namespace avx512 {
NormKernels norm_kernels(FusedActivation activation, ValueType type, std::int64_t width);
}
namespace avx512_bf16 {
NormKernels norm_kernels(FusedActivation activation, ValueType type, std::int64_t width);
}

}  // namespace nas::engine
