/// A convolution's sizes, as our own kernels want them.
#pragma once

#include "core/architecture/shape.hpp"
#include "core/engine/dnnl.hpp"
#include "core/engine/vector/convolution_gradient.hpp"
#include "core/engine/vector/depthwise_gradient.hpp"
#include "core/engine/vector/winograd.hpp"

namespace nas::engine {

struct ConvolutionSizes {
  std::int64_t samples;
  Shape in, out;
  Window window;
};

ConvolutionShape dense_shape(const ConvolutionSizes& sizes);
/// In blocks of so many channels.
DepthwiseShape depthwise_shape(const ConvolutionSizes& sizes, std::int64_t block);
WinogradShape winograd_shape(const ConvolutionSizes& sizes, std::int64_t block);
/// That of the gradient of such a convolution's input.
WinogradShape backward(WinogradShape forward);

}  // namespace nas::engine
