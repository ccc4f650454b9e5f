/// The weight gradient of depthwise convolutions, for which oneDNN has no fast kernel beyond 3x3:
/// it falls back to matrix products, about 30 times slower than its forward pass.
#pragma once

#include <cstdint>

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
/// `gradient` that of its output; both are aligned to a block.
using DepthwiseGradient = void (*)(const DepthwiseShape& shape, const float* source,
                                   const float* gradient, float* weights_gradient);

/// For this machine. Null where there is none: for kernels whose width is not 3, 5, 7 or 9, that
/// are higher than 16, or other layouts than blocks of 8 or 16 channels.
DepthwiseGradient depthwise_gradient(const DepthwiseShape& shape);

namespace baseline {
DepthwiseGradient depthwise_gradient(const DepthwiseShape& shape);
}
namespace avx2 {
DepthwiseGradient depthwise_gradient(const DepthwiseShape& shape);
}
namespace avx512 {
DepthwiseGradient depthwise_gradient(const DepthwiseShape& shape);
}

}  // namespace nas::engine
