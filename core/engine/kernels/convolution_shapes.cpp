#include "core/engine/kernels/convolution_shapes.hpp"

#include <utility>

namespace nas::engine {

ConvolutionShape dense_shape(const ConvolutionSizes& sizes) {
  return {.samples = sizes.samples,
          .in_channels = sizes.in.channels,
          .out_channels = sizes.out.channels,
          .in_h = sizes.in.height,
          .in_w = sizes.in.width,
          .out_h = sizes.out.height,
          .out_w = sizes.out.width,
          .kernel_h = sizes.window.kernel[0],
          .kernel_w = sizes.window.kernel[1],
          .stride_h = sizes.window.strides[0],
          .stride_w = sizes.window.strides[1],
          .padding_h = sizes.window.padding_begin[0],
          .padding_w = sizes.window.padding_begin[1]};
}

DepthwiseShape depthwise_shape(const ConvolutionSizes& sizes, std::int64_t block) {
  return {.samples = sizes.samples,
          .channels = sizes.in.channels,
          .block = block,
          .in_h = sizes.in.height,
          .in_w = sizes.in.width,
          .out_h = sizes.out.height,
          .out_w = sizes.out.width,
          .kernel_h = sizes.window.kernel[0],
          .kernel_w = sizes.window.kernel[1],
          .stride_h = sizes.window.strides[0],
          .stride_w = sizes.window.strides[1],
          .padding_h = sizes.window.padding_begin[0],
          .padding_w = sizes.window.padding_begin[1],
          .dilation_h = sizes.window.dilation[0] + 1,
          .dilation_w = sizes.window.dilation[1] + 1};
}

WinogradShape winograd_shape(const ConvolutionSizes& sizes, std::int64_t block) {
  return {.samples = sizes.samples,
          .block = block,
          .in_channels = sizes.in.channels,
          .out_channels = sizes.out.channels,
          .in_h = sizes.in.height,
          .in_w = sizes.in.width,
          .out_h = sizes.out.height,
          .out_w = sizes.out.width,
          .padding_h = sizes.window.padding_begin[0],
          .padding_w = sizes.window.padding_begin[1]};
}

WinogradShape backward(WinogradShape forward) {
  std::swap(forward.in_channels, forward.out_channels);
  std::swap(forward.in_h, forward.out_h);
  std::swap(forward.in_w, forward.out_w);
  forward.padding_h = 2 - forward.padding_h;
  forward.padding_w = 2 - forward.padding_w;
  forward.transposed = true;
  return forward;
}

}  // namespace nas::engine
