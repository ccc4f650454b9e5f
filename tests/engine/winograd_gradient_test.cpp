#include "core/engine/vector/winograd_gradient.hpp"

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

void check_gradient(const WinogradKind& kind, WinogradShape shape) {
  shape.out_h = shape.in_h + 2 * shape.padding_h - 2;
  shape.out_w = shape.in_w + 2 * shape.padding_w - 2;
  const WinogradGradient kernel = winograd_gradient(shape, kind.type);
  REQUIRE(kernel.run != nullptr);
  const Blocked source(shape.samples, shape.in_channels, shape.in_h * shape.in_w, kind.block, 1,
                       kind.type);
  const Blocked gradient(shape.samples, shape.out_channels, shape.out_h * shape.out_w, kind.block,
                         2, kind.type);
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
  CHECK(std::sqrt(error) < kind.tolerance() * std::sqrt(norm));
}

}  // namespace

TEST_CASE("Winograd's weight gradient is right for all channels") {
  const WinogradKind kind = GENERATE(from_range(winograd_kinds()));
  const std::int64_t in_channels = GENERATE(3, 8, 21, 40);
  const std::int64_t out_channels = GENERATE(8, 10, 30, 40);
  CAPTURE(kind.block, kind.tolerance(), in_channels, out_channels);
  check_gradient(kind, {.samples = 3,
                        .block = kind.block,
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
  const WinogradKind kind = GENERATE(from_range(winograd_kinds()));
  const std::int64_t height = GENERATE(3, 5, 8);
  const std::int64_t width = GENERATE(3, 4, 19);
  const std::int64_t padding = GENERATE(0, 1, 2);
  CAPTURE(kind.block, kind.tolerance(), height, width, padding);
  check_gradient(kind, {.samples = 7,
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
  CHECK((winograd_gradient(shape, ValueType::bfloat16).run != nullptr) == has_bf16_instructions());
  shape.block = 4;
  CHECK(winograd_gradient(shape).run == nullptr);
}
