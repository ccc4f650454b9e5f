/// The gradient of a depthwise convolution's input. oneDNN has no fast kernel for dilated ones, and
/// slow ones for strides: they go through all inputs for every weight.
#pragma once

#include "core/engine/vector/depthwise_gradient.hpp"

namespace nas::engine {

/// Overwrites `source_gradient`. `weights` are plain (channels, kernel_h, kernel_w); `gradient` is
/// that of the output, in blocks of channels, as is the result; all but the weights are aligned to
/// a block. `scratch` is any memory of so many floats.
struct DepthwiseDataGradient {
  void (*run)(const DepthwiseShape& shape, const float* weights, const float* gradient,
              float* scratch, float* source_gradient) = nullptr;
  std::int64_t scratch = 0;
};

/// For this machine. Its `run` is null where there is none: for kernels of more than 144 weights,
/// strides whose product is above 16, or other layouts than blocks of 8 or 16 channels.
DepthwiseDataGradient depthwise_data_gradient(const DepthwiseShape& shape);

namespace baseline {
DepthwiseDataGradient depthwise_data_gradient(const DepthwiseShape& shape);
}
namespace avx2 {
DepthwiseDataGradient depthwise_data_gradient(const DepthwiseShape& shape);
}
namespace avx512 {
DepthwiseDataGradient depthwise_data_gradient(const DepthwiseShape& shape);
}

}  // namespace nas::engine
