#include "core/engine/vector/winograd.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/engine/blocked_values.hpp"
#include "tests/engine/winograd_kinds.hpp"

using namespace nas;
using namespace nas::engine;
using nas::test::Blocked;
using nas::test::winograd_kinds;
using nas::test::WinogradKind;

namespace {

double weight_at(const WinogradShape& shape, const Tensor& weights, std::int64_t out,
                 std::int64_t in, std::int64_t tap) {
  const std::int64_t place = shape.transposed ? (in * shape.out_channels + out) * 9 + 8 - tap
                                              : (out * shape.in_channels + in) * 9 + tap;
  return static_cast<double>(weights.data()[place]);
}

double expected(const WinogradShape& shape, const Blocked& source, const Tensor& weights,
                std::int64_t n, std::int64_t out, std::int64_t pixel) {
  double sum = 0;
  for (std::int64_t tap = 0; tap < 9; ++tap) {
    const std::int64_t y = pixel / shape.out_w - shape.padding_h + tap / 3;
    const std::int64_t x = pixel % shape.out_w - shape.padding_w + tap % 3;
    if (y < 0 || y >= shape.in_h || x < 0 || x >= shape.in_w) continue;
    for (std::int64_t in = 0; in < shape.in_channels; ++in) {
      sum += source.at(n, in, y * shape.in_w + x) * weight_at(shape, weights, out, in, tap);
    }
  }
  return sum;
}

double activated(FusedActivation activation, double x) {
  switch (activation) {
    case FusedActivation::none:
      return x;
    case FusedActivation::relu:
      return std::max(x, 0.0);
    case FusedActivation::relu6:
      return std::clamp(x, 0.0, 6.0);
    case FusedActivation::swish:
      return x / (1 + std::exp(-x));
    case FusedActivation::h_swish:
      return x * std::clamp(x + 3, 0.0, 6.0) / 6;
  }
  return 0;
}

void check(const WinogradKind& kind, WinogradShape shape, bool with_bias = false) {
  shape.out_h = shape.in_h + 2 * shape.padding_h - 2;
  shape.out_w = shape.in_w + 2 * shape.padding_w - 2;
  const Winograd kernel = winograd(shape, kind.type);
  REQUIRE(kernel.run != nullptr);
  const std::int64_t pixels = shape.out_h * shape.out_w;
  const Blocked source(shape.samples, shape.in_channels, shape.in_h * shape.in_w, kind.block, 1,
                       kind.type);
  Blocked computed(shape.samples, shape.out_channels, pixels, kind.block, 2, kind.type);
  Tensor weights(static_cast<std::size_t>(shape.in_channels * shape.out_channels * 9));
  Tensor scratch(static_cast<std::size_t>(kernel.scratch));
  Random random(3);
  for (float& weight : weights.values()) weight = static_cast<float>(random.normal());
  std::ranges::fill(scratch.values(), 99.0F);
  const Blocked before(shape.samples, shape.out_channels, pixels, kind.block, 2, kind.type);
  std::vector<float> bias(static_cast<std::size_t>(shape.out_channels));
  for (float& value : bias) value = static_cast<float>(random.normal());
  kernel.run(shape, source.data(), weights.data(), with_bias ? bias.data() : nullptr,
             scratch.data(), computed.data());
  double error = 0, norm = 0;
  for (std::int64_t n = 0; n < shape.samples; ++n) {
    for (std::int64_t out = 0; out < shape.out_channels; ++out) {
      for (std::int64_t pixel = 0; pixel < pixels; ++pixel) {
        double wanted = expected(shape, source, weights, n, out, pixel);
        if (with_bias) wanted += static_cast<double>(bias[static_cast<std::size_t>(out)]);
        if (shape.accumulates) wanted += before.at(n, out, pixel);
        wanted = activated(shape.activation, wanted);
        error += std::pow(computed.at(n, out, pixel) - wanted, 2);
        norm += wanted * wanted;
      }
    }
  }
  CHECK(std::sqrt(error) < kind.tolerance() * std::sqrt(norm));
}

}  // namespace

TEST_CASE("Winograd's convolution is right for all channels, in both directions") {
  const WinogradKind kind = GENERATE(from_range(winograd_kinds()));
  const std::int64_t in_channels = GENERATE(3, 8, 21, 40);
  const std::int64_t out_channels = GENERATE(8, 10, 16, 30, 40);
  const bool transposed = GENERATE(false, true);
  CAPTURE(kind.block, kind.tolerance(), in_channels, out_channels, transposed);
  check(kind, {.samples = 3,
               .block = kind.block,
               .in_channels = in_channels,
               .out_channels = out_channels,
               .in_h = 6,
               .in_w = 10,
               .out_h = 0,
               .out_w = 0,
               .padding_h = 1,
               .padding_w = 1,
               .transposed = transposed});
}

TEST_CASE("Winograd's convolution is right for odd images and any padding") {
  const WinogradKind kind = GENERATE(from_range(winograd_kinds()));
  const std::int64_t height = GENERATE(3, 5, 8);
  const std::int64_t width = GENERATE(3, 4, 19);
  const std::int64_t padding = GENERATE(0, 1, 2);
  CAPTURE(kind.block, kind.tolerance(), height, width, padding);
  check(kind, {.samples = 7,
               .block = kind.block,
               .in_channels = 16,
               .out_channels = 16,
               .in_h = height,
               .in_w = width,
               .out_h = 0,
               .out_w = 0,
               .padding_h = padding,
               .padding_w = 2 - padding});
}

TEST_CASE("Winograd's convolution takes a bias, a sum and an activation along") {
  const WinogradKind kind = GENERATE(from_range(winograd_kinds()));
  const bool with_bias = GENERATE(false, true);
  const bool accumulates = GENERATE(false, true);
  const FusedActivation activation =
      GENERATE(FusedActivation::none, FusedActivation::relu, FusedActivation::relu6,
               FusedActivation::swish, FusedActivation::h_swish);
  CAPTURE(kind.block, kind.tolerance(), with_bias, accumulates, static_cast<int>(activation));
  check(kind,
        {.samples = 2,
         .block = kind.block,
         .in_channels = 5,
         .out_channels = 21,
         .in_h = 7,
         .in_w = 6,
         .out_h = 0,
         .out_w = 0,
         .padding_h = 1,
         .padding_w = 1,
         .accumulates = accumulates,
         .activation = activation},
        with_bias);
}

TEST_CASE("Winograd's convolution is there for blocks that fill vectors") {
  WinogradShape shape{.samples = 1,
                      .block = 16,
                      .in_channels = 16,
                      .out_channels = 16,
                      .in_h = 8,
                      .in_w = 8,
                      .out_h = 8,
                      .out_w = 8,
                      .padding_h = 1,
                      .padding_w = 1};
  CHECK((winograd(shape).run != nullptr) == (vector_width() == VectorWidth::avx512));
  CHECK((winograd(shape, ValueType::bfloat16).run != nullptr) == has_bf16_instructions());
  shape.block = 4;
  CHECK(winograd(shape).run == nullptr);
}
