#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/base/random.hpp"
#include "core/engine/vector/depthwise_data_gradient.hpp"
#include "core/engine/vector/depthwise_gradient.hpp"
#include "core/parameters/tensor.hpp"
#include "tests/engine/blocked_values.hpp"

using namespace nas;
using namespace nas::engine;
using nas::test::Blocked;

namespace {

/// Sums over a few hundred products of normal numbers, in another order.
constexpr double tolerance = 1e-4;

double expected_gradient(const DepthwiseShape& shape, const Blocked& source,
                         const Blocked& gradient, std::int64_t c, std::int64_t kh,
                         std::int64_t kw) {
  double sum = 0;
  for (std::int64_t n = 0; n < shape.samples; ++n) {
    for (std::int64_t oh = 0; oh < shape.out_h; ++oh) {
      for (std::int64_t ow = 0; ow < shape.out_w; ++ow) {
        const std::int64_t ih = oh * shape.stride_h - shape.padding_h + kh * shape.dilation_h;
        const std::int64_t iw = ow * shape.stride_w - shape.padding_w + kw * shape.dilation_w;
        if (ih < 0 || ih >= shape.in_h || iw < 0 || iw >= shape.in_w) continue;
        sum += gradient.at(n, c, oh * shape.out_w + ow) * source.at(n, c, ih * shape.in_w + iw);
      }
    }
  }
  return sum;
}

void check_weights(const DepthwiseShape& shape) {
  REQUIRE(depthwise_gradient(shape, ValueType::float32) != nullptr);
  const Blocked source(shape.samples, shape.channels, shape.in_h * shape.in_w, shape.block, 1);
  const Blocked gradient(shape.samples, shape.channels, shape.out_h * shape.out_w, shape.block, 2);
  const auto count = static_cast<std::size_t>(shape.channels * shape.kernel_h * shape.kernel_w);
  std::vector<float> computed(count, 99.0F);
  depthwise_gradient(shape, ValueType::float32)(shape, source.data(), gradient.data(), nullptr,
                                                computed.data());
  double largest_error = 0;
  std::size_t i = 0;
  for (std::int64_t c = 0; c < shape.channels; ++c) {
    for (std::int64_t kh = 0; kh < shape.kernel_h; ++kh) {
      for (std::int64_t kw = 0; kw < shape.kernel_w; ++kw, ++i) {
        const double wanted = expected_gradient(shape, source, gradient, c, kh, kw);
        largest_error =
            std::max(largest_error, std::abs(static_cast<double>(computed[i]) - wanted));
      }
    }
  }
  CHECK(largest_error < tolerance);
}

/// What one weight of one channel gives each input of one sample, added to `sums`.
void add_products(const DepthwiseShape& shape, const Blocked& gradient, const float* weights,
                  std::int64_t n, std::int64_t c, std::vector<double>& sums) {
  for (std::int64_t tap = 0; tap < shape.kernel_h * shape.kernel_w; ++tap) {
    for (std::int64_t out = 0; out < shape.out_h * shape.out_w; ++out) {
      const std::int64_t y = out / shape.out_w * shape.stride_h - shape.padding_h +
                             tap / shape.kernel_w * shape.dilation_h;
      const std::int64_t x = out % shape.out_w * shape.stride_w - shape.padding_w +
                             tap % shape.kernel_w * shape.dilation_w;
      if (y < 0 || y >= shape.in_h || x < 0 || x >= shape.in_w) continue;
      sums[static_cast<std::size_t>(y * shape.in_w + x)] +=
          gradient.at(n, c, out) * static_cast<double>(weights[tap]);
    }
  }
}

void check_data(const DepthwiseShape& shape) {
  const DepthwiseDataGradient kernel = depthwise_data_gradient(shape);
  REQUIRE(kernel.run != nullptr);
  const std::int64_t pixels = shape.in_h * shape.in_w;
  const std::int64_t taps = shape.kernel_h * shape.kernel_w;
  const Blocked gradient(shape.samples, shape.channels, shape.out_h * shape.out_w, shape.block, 2);
  Blocked computed(shape.samples, shape.channels, pixels, shape.block, 3);
  Tensor weights(static_cast<std::size_t>(shape.channels * taps));
  Tensor scratch(static_cast<std::size_t>(kernel.scratch));
  Random random(4);
  for (float& weight : weights.values()) weight = static_cast<float>(random.normal());
  std::ranges::fill(scratch.values(), 99.0F);
  kernel.run(shape, weights.data(), gradient.data(), scratch.data(), computed.data());
  double largest_error = 0;
  for (std::int64_t n = 0; n < shape.samples; ++n) {
    for (std::int64_t c = 0; c < shape.channels; ++c) {
      std::vector<double> wanted(static_cast<std::size_t>(pixels));
      add_products(shape, gradient, weights.data() + c * taps, n, c, wanted);
      for (std::int64_t p = 0; p < pixels; ++p) {
        const double error = computed.at(n, c, p) - wanted[static_cast<std::size_t>(p)];
        largest_error = std::max(largest_error, std::abs(error));
      }
    }
  }
  CHECK(largest_error < tolerance);
}

void check(DepthwiseShape shape) {
  const std::int64_t reach_h = (shape.kernel_h - 1) * shape.dilation_h + 1;
  const std::int64_t reach_w = (shape.kernel_w - 1) * shape.dilation_w + 1;
  shape.out_h = (shape.in_h + 2 * shape.padding_h - reach_h) / shape.stride_h + 1;
  shape.out_w = (shape.in_w + 2 * shape.padding_w - reach_w) / shape.stride_w + 1;
  check_weights(shape);
  check_data(shape);
}

}  // namespace

TEST_CASE("both depthwise gradients are right for every kernel, stride and block") {
  const std::int64_t kernel = GENERATE(3, 5, 7, 9);
  const std::int64_t stride = GENERATE(1, 2, 3);
  const std::int64_t block = GENERATE(8, 16);
  const std::int64_t channels = GENERATE(5, 16, 24);
  CAPTURE(kernel, stride, block, channels);
  check({.samples = 3,
         .channels = channels,
         .block = block,
         .in_h = 11,
         .in_w = 14,
         .out_h = 0,
         .out_w = 0,
         .kernel_h = kernel,
         .kernel_w = kernel,
         .stride_h = stride,
         .stride_w = stride,
         .padding_h = kernel / 2,
         .padding_w = kernel / 2});
}

TEST_CASE("both depthwise gradients are right for any padding, on images smaller than a kernel") {
  const std::int64_t padding = GENERATE(0, 1, 3, 6, 8);
  const std::int64_t size = GENERATE(1, 2, 5, 9);
  CAPTURE(padding, size);
  if (size + 2 * padding < 7) return;
  check({.samples = 2,
         .channels = 10,
         .block = 16,
         .in_h = size,
         .in_w = size + 1,
         .out_h = 0,
         .out_w = 0,
         .kernel_h = 7,
         .kernel_w = 7,
         .stride_h = 2,
         .stride_w = 1,
         .padding_h = padding,
         .padding_w = padding});
}

TEST_CASE("both depthwise gradients take kernels that are not square") {
  check({.samples = 2,
         .channels = 20,
         .block = 8,
         .in_h = 9,
         .in_w = 8,
         .out_h = 0,
         .out_w = 0,
         .kernel_h = 2,
         .kernel_w = 5,
         .stride_h = 1,
         .stride_w = 2,
         .padding_h = 1,
         .padding_w = 0});
}

TEST_CASE("both depthwise gradients are right for any dilation") {
  const std::int64_t kernel = GENERATE(3, 5);
  const std::int64_t dilation_h = GENERATE(1, 2, 3);
  const std::int64_t dilation_w = GENERATE(1, 2, 3);
  const std::int64_t stride = GENERATE(1, 2);
  CAPTURE(kernel, dilation_h, dilation_w, stride);
  check({.samples = 2,
         .channels = 20,
         .block = 16,
         .in_h = 10,
         .in_w = 13,
         .out_h = 0,
         .out_w = 0,
         .kernel_h = kernel,
         .kernel_w = kernel,
         .stride_h = stride,
         .stride_w = stride,
         .padding_h = dilation_h * (kernel / 2),
         .padding_w = dilation_w * (kernel / 2),
         .dilation_h = dilation_h,
         .dilation_w = dilation_w});
}

TEST_CASE("other layouts and kernels are left to oneDNN") {
  DepthwiseShape shape{};
  shape.kernel_h = shape.kernel_w = 5;
  shape.stride_h = shape.stride_w = 1;
  shape.in_h = shape.in_w = shape.out_h = shape.out_w = 5;
  shape.block = 1;
  CHECK(depthwise_gradient(shape, ValueType::float32) == nullptr);
  CHECK(depthwise_data_gradient(shape).run == nullptr);
  shape.block = 16;
  CHECK(depthwise_gradient(shape, ValueType::float32) != nullptr);
  CHECK(depthwise_data_gradient(shape).run != nullptr);
  shape.stride_h = 17;
  CHECK(depthwise_data_gradient(shape).run == nullptr);
  shape.kernel_w = 4;
  CHECK(depthwise_gradient(shape, ValueType::float32) == nullptr);
  shape.kernel_w = 5;
  shape.kernel_h = 17;
  CHECK(depthwise_gradient(shape, ValueType::float32) == nullptr);
}
