#include "core/engine/vector/convolution_gradient.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/engine/blocked_values.hpp"

using namespace nas;
using namespace nas::engine;
using nas::test::Blocked;

namespace {

/// Sums over up to two thousand products of normal numbers, in another order.
constexpr double tolerance = 3e-4;
constexpr std::int64_t block = 8;

double expected_gradient(const ConvolutionShape& shape, const Blocked& source,
                         const Blocked& gradient, std::int64_t out, std::int64_t in,
                         std::int64_t tap) {
  double sum = 0;
  for (std::int64_t n = 0; n < shape.samples; ++n) {
    for (std::int64_t oh = 0; oh < shape.out_h; ++oh) {
      const std::int64_t ih = oh * shape.stride_h - shape.padding_h + tap / shape.kernel_w;
      if (ih < 0 || ih >= shape.in_h) continue;
      for (std::int64_t ow = 0; ow < shape.out_w; ++ow) {
        const std::int64_t iw = ow * shape.stride_w - shape.padding_w + tap % shape.kernel_w;
        if (iw < 0 || iw >= shape.in_w) continue;
        sum += gradient.at(n, out, oh * shape.out_w + ow) * source.at(n, in, ih * shape.in_w + iw);
      }
    }
  }
  return sum;
}

void check(ConvolutionShape shape) {
  shape.out_h = (shape.in_h + 2 * shape.padding_h - shape.kernel_h) / shape.stride_h + 1;
  shape.out_w = (shape.in_w + 2 * shape.padding_w - shape.kernel_w) / shape.stride_w + 1;
  const ConvolutionGradient kernel = convolution_gradient(shape);
  REQUIRE(kernel.run != nullptr);
  const Blocked source(shape.samples, shape.in_channels, shape.in_h * shape.in_w, block, 1);
  const Blocked gradient(shape.samples, shape.out_channels, shape.out_h * shape.out_w, block, 2);
  Tensor scratch(static_cast<std::size_t>(kernel.scratch));
  std::ranges::fill(scratch.values(), 99.0F);
  const std::int64_t taps = shape.kernel_h * shape.kernel_w;
  const std::int64_t count = shape.out_channels * shape.in_channels * taps;
  std::vector<float> computed(static_cast<std::size_t>(count), 99.0F);
  kernel.run(shape, source.data(), gradient.data(), scratch.data(), computed.data());
  double largest_error = 0;
  std::size_t i = 0;
  for (std::int64_t out = 0; out < shape.out_channels; ++out) {
    for (std::int64_t in = 0; in < shape.in_channels; ++in) {
      for (std::int64_t tap = 0; tap < taps; ++tap, ++i) {
        const double wanted = expected_gradient(shape, source, gradient, out, in, tap);
        largest_error =
            std::max(largest_error, std::abs(static_cast<double>(computed[i]) - wanted));
      }
    }
  }
  CHECK(largest_error < tolerance);
}

}  // namespace

TEST_CASE("the weight gradient of a 3x3 convolution is right for all channels and strides") {
  const std::int64_t in_channels = GENERATE(5, 8, 13, 24);
  const std::int64_t out_channels = GENERATE(3, 8, 20);
  const std::int64_t stride = GENERATE(1, 2);
  CAPTURE(in_channels, out_channels, stride);
  check({.samples = 3,
         .in_channels = in_channels,
         .out_channels = out_channels,
         .in_h = 9,
         .in_w = 12,
         .out_h = 0,
         .out_w = 0,
         .kernel_h = 3,
         .kernel_w = 3,
         .stride_h = stride,
         .stride_w = stride,
         .padding_h = 1,
         .padding_w = 1});
}

TEST_CASE("the weight gradient is right where images are cut into rows, or taken several at once") {
  const std::int64_t size = GENERATE(1, 2, 7, 33, 50);
  const std::int64_t stride = GENERATE(1, 2);
  const std::int64_t padding = GENERATE(1, 2, 4);
  CAPTURE(size, stride, padding);
  check({.samples = size < 10 ? 30 : 1,
         .in_channels = 16,
         .out_channels = 9,
         .in_h = size,
         .in_w = size + 1,
         .out_h = 0,
         .out_w = 0,
         .kernel_h = 3,
         .kernel_w = 3,
         .stride_h = stride,
         .stride_w = stride,
         .padding_h = padding,
         .padding_w = padding});
}

TEST_CASE("the weight gradient is right where the sums of all channels are too many for one pass") {
  check({.samples = 2,
         .in_channels = 96,
         .out_channels = 120,
         .in_h = 4,
         .in_w = 3,
         .out_h = 0,
         .out_w = 0,
         .kernel_h = 3,
         .kernel_w = 3,
         .stride_h = 1,
         .stride_w = 1,
         .padding_h = 1,
         .padding_w = 1});
}

TEST_CASE("the weight gradient takes kernels and strides that are not square") {
  check({.samples = 2,
         .in_channels = 17,
         .out_channels = 16,
         .in_h = 8,
         .in_w = 11,
         .out_h = 0,
         .out_w = 0,
         .kernel_h = 1,
         .kernel_w = 3,
         .stride_h = 3,
         .stride_w = 2,
         .padding_h = 0,
         .padding_w = 1});
}

TEST_CASE("convolutions that are not three weights wide are left to oneDNN") {
  ConvolutionShape shape{.samples = 1,
                         .in_channels = 8,
                         .out_channels = 8,
                         .in_h = 9,
                         .in_w = 9,
                         .out_h = 9,
                         .out_w = 9,
                         .kernel_h = 3,
                         .kernel_w = 3,
                         .stride_h = 1,
                         .stride_w = 1,
                         .padding_h = 1,
                         .padding_w = 1};
  CHECK(convolution_gradient(shape).run != nullptr);
  shape.kernel_w = 5;
  CHECK(convolution_gradient(shape).run == nullptr);
  shape.kernel_w = 3;
  shape.stride_w = 3;
  CHECK(convolution_gradient(shape).run == nullptr);
}
