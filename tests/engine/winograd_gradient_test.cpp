#include "core/engine/vector/winograd_gradient.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <catch2/catch.hpp>

#include "core/engine/instruction_set.hpp"
#include "tests/engine/blocked_values.hpp"

using namespace nas;
using namespace nas::engine;
using nas::test::Blocked;

namespace {

/// Relative to the norm of the result: a few units in the last place.
constexpr double tolerance = 1e-6;

std::vector<std::int64_t> blocks_with_gradient() {
  if (vector_width() == VectorWidth::avx512) return {8, 16};
  return {8};
}

double expected_sum(const WinogradShape& shape, const Blocked& source, const Blocked& gradient,
                    std::int64_t out, std::int64_t in, std::int64_t tap) {
  double sum = 0;
  for (std::int64_t n = 0; n < shape.samples; ++n) {
    for (std::int64_t pixel = 0; pixel < shape.out_h * shape.out_w; ++pixel) {
      const std::int64_t y = pixel / shape.out_w - shape.padding_h + tap / 3;
      const std::int64_t x = pixel % shape.out_w - shape.padding_w + tap % 3;
      if (y < 0 || y >= shape.in_h || x < 0 || x >= shape.in_w) continue;
      sum += gradient.at(n, out, pixel) * source.at(n, in, y * shape.in_w + x);
    }
  }
  return sum;
}

void check_gradient(WinogradShape shape) {
  shape.out_h = shape.in_h + 2 * shape.padding_h - 2;
  shape.out_w = shape.in_w + 2 * shape.padding_w - 2;
  const WinogradGradient kernel = winograd_gradient(shape);
  REQUIRE(kernel.run != nullptr);
  const Blocked source(shape.samples, shape.in_channels, shape.in_h * shape.in_w, shape.block, 1);
  const Blocked gradient(shape.samples, shape.out_channels, shape.out_h * shape.out_w, shape.block,
                         2);
  Tensor scratch(static_cast<std::size_t>(kernel.scratch));
  std::ranges::fill(scratch.values(), 99.0F);
  std::vector<float> computed(static_cast<std::size_t>(shape.out_channels * shape.in_channels * 9),
                              99.0F);
  kernel.run(shape, source.data(), gradient.data(), scratch.data(), computed.data());
  double error = 0, norm = 0;
  std::size_t i = 0;
  for (std::int64_t out = 0; out < shape.out_channels; ++out) {
    for (std::int64_t in = 0; in < shape.in_channels; ++in) {
      for (std::int64_t tap = 0; tap < 9; ++tap, ++i) {
        const double wanted = expected_sum(shape, source, gradient, out, in, tap);
        error += std::pow(static_cast<double>(computed[i]) - wanted, 2);
        norm += wanted * wanted;
      }
    }
  }
  CHECK(std::sqrt(error) < tolerance * std::sqrt(norm));
}

}  // namespace

TEST_CASE("Winograd's weight gradient is right for all channels") {
  const std::int64_t block = GENERATE(from_range(blocks_with_gradient()));
  const std::int64_t in_channels = GENERATE(3, 8, 21, 40);
  const std::int64_t out_channels = GENERATE(8, 10, 30, 40);
  CAPTURE(block, in_channels, out_channels);
  check_gradient({.samples = 3,
                  .block = block,
                  .in_channels = in_channels,
                  .out_channels = out_channels,
                  .in_h = 6,
                  .in_w = 10,
                  .out_h = 0,
                  .out_w = 0,
                  .padding_h = 1,
                  .padding_w = 1});
}

TEST_CASE("Winograd's weight gradient is right for odd images, any padding and many tiles") {
  const std::int64_t block = GENERATE(from_range(blocks_with_gradient()));
  const std::int64_t height = GENERATE(3, 5, 8);
  const std::int64_t width = GENERATE(3, 4, 19);
  const std::int64_t padding = GENERATE(0, 1, 2);
  CAPTURE(block, height, width, padding);
  check_gradient({.samples = 7,
                  .block = block,
                  .in_channels = 16,
                  .out_channels = 16,
                  .in_h = height,
                  .in_w = width,
                  .out_h = 0,
                  .out_w = 0,
                  .padding_h = padding,
                  .padding_w = 2 - padding});
}

TEST_CASE("Winograd's weight gradient is there for blocks that fill vectors") {
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
  CHECK((winograd_gradient(shape).run != nullptr) == (vector_width() == VectorWidth::avx512));
  shape.block = 4;
  CHECK(winograd_gradient(shape).run == nullptr);
}
