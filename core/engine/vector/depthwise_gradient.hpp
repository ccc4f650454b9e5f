/// The weight gradient of depthwise convolutions, for which oneDNN has no fast kernel beyond 3x3:
/// it falls back to matrix products, about 30 times slower than its forward pass.
#pragma once

#include <cstdint>

#include "core/engine/bfloat16.hpp"

namespace nas::engine {

/// Sizes of a depthwise convolution whose activations are in blocks of channels.
struct DepthwiseShape {
  std::int64_t samples;
  std::int64_t channels;
  std::int64_t block;  ///< channels of a block, 8 or 16
  std::int64_t in_h, in_w;
  std::int64_t out_h, out_w;
  std::int64_t kernel_h, kernel_w;
  std::int64_t stride_h, stride_w;
  std::int64_t padding_h, padding_w;
  std::int64_t dilation_h = 1, dilation_w = 1;  ///< from one weight's pixel to the next one's
};

/// Overwrites `weights_gradient`, plain (channels, kernel_h, kernel_w), with the sum over samples
/// and pixels, whose order is fixed for each instruction set. `source` is the convolution's input,
/// `gradient` that of its output; both are aligned to a block, and of the type that the kernel is
/// for. `scratch` is as long as `scratch_size` says.
using DepthwiseGradient = void (*)(const DepthwiseShape& shape, const void* source,
                                   const void* gradient, float* scratch, float* weights_gradient);

/// Floats that a kernel for activations of bfloat16 wants: one block of one sample's channels is
/// made floats at a time, because every value is read once for each weight.
constexpr std::int64_t scratch_size(const DepthwiseShape& shape) {
  return (shape.in_h * shape.in_w + shape.out_h * shape.out_w) * shape.block;
}

/// For activations of that type, on this machine. Null where there is none: for kernels whose width
/// is not 3, 5, 7 or 9, that are higher than 16, or other layouts than blocks of 8 or 16 channels.
DepthwiseGradient depthwise_gradient(const DepthwiseShape& shape, ValueType type);

namespace baseline {
DepthwiseGradient depthwise_gradient(const DepthwiseShape& shape, ValueType type);
}
namespace avx2 {
DepthwiseGradient depthwise_gradient(const DepthwiseShape& shape, ValueType type);
}
namespace avx512 {
DepthwiseGradient depthwise_gradient(const DepthwiseShape& shape, ValueType type);
}

}  // namespace nas::engine
