/// The weight gradient of convolutions that are three weights wide, in blocks of 8 channels.
///
/// oneDNN's own for AVX2 keeps one vector of sums for each of few weights, and so waits for
/// additions: it takes 1.3 times as long as this one, which keeps twelve.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nas::engine {

/// Sizes of a convolution without groups or dilation.
struct ConvolutionShape {
  std::int64_t samples;
  std::int64_t in_channels, out_channels;
  std::int64_t in_h, in_w;
  std::int64_t out_h, out_w;
  std::int64_t kernel_h, kernel_w;
  std::int64_t stride_h, stride_w;
  std::int64_t padding_h, padding_w;
};

/// Overwrites `weights_gradient`, plain (out, in, kernel_h, kernel_w), with the sum over samples
/// and pixels, whose order is fixed for each instruction set. `source` is the convolution's input,
/// `gradient` that of its output, both in blocks of 8 channels and aligned to one. `scratch` is any
/// memory of so many floats, aligned to a block.
struct ConvolutionGradient {
  void (*run)(const ConvolutionShape& shape, const float* source, const float* gradient,
              float* scratch, float* weights_gradient) = nullptr;
  std::int64_t scratch = 0;
};

/// For this machine. Its `run` is null where there is none: for kernels that are not 3 wide, and
/// strides along the width other than 1 and 2.
ConvolutionGradient convolution_gradient(const ConvolutionShape& shape);

namespace baseline {
ConvolutionGradient convolution_gradient(const ConvolutionShape& shape);
}
namespace avx2 {
ConvolutionGradient convolution_gradient(const ConvolutionShape& shape);
}
namespace avx512 {
ConvolutionGradient convolution_gradient(const ConvolutionShape& shape);
}

}  // namespace nas::engine
