#include "core/engine/bfloat16.hpp"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include "core/base/random.hpp"
#include "core/engine/kernels/conversion.hpp"
#include "core/engine/vector/depthwise_gradient.hpp"
#include "core/engine/vector/normalisation.hpp"
#include "core/parameters/tensor.hpp"

using namespace nas;
using namespace nas::engine;

namespace {

/// The same sums, of the same floats: only what a compiler makes of them may differ.
constexpr double same_sum = 1e-5;
/// The step from one bfloat16 to the next, relative: what is computed equally but for the last bit
/// of a float is rounded at most so far apart.
constexpr double step = 0x1p-7;

Tensor random_tensor(std::int64_t count, std::uint64_t seed) {
  Random random(seed);
  Tensor tensor(static_cast<std::size_t>(count));
  for (float& value : tensor.values()) value = static_cast<float>(random.normal());
  return tensor;
}

/// An activation in bfloat16, and the same values as floats.
struct Activation {
  Tensor memory;  ///< twice as large as it need be
  Tensor floats;

  explicit Activation(std::int64_t count, std::uint64_t seed = 0)
      : memory(random_tensor(count, seed)), floats(memory.size()) {
    convert(floats_before_rounding(seed).data(), data(), floats.size());
    read();
  }

  Bfloat16* data() { return values<Bfloat16>(memory.data()); }
  void read() { convert(data(), floats.data(), floats.size()); }

 private:
  Tensor floats_before_rounding(std::uint64_t seed) const {
    return random_tensor(static_cast<std::int64_t>(memory.size()), seed);
  }
};

void check_close(const float* actual, const float* expected, std::size_t count, double tolerance) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto wanted = static_cast<double>(expected[i]);
    CAPTURE(i, wanted, actual[i]);
    REQUIRE(std::abs(static_cast<double>(actual[i]) - wanted) <=
            tolerance * std::max(1e-3, std::abs(wanted)));
  }
}

std::uint16_t rounded(std::uint32_t bits) {
  return to_bfloat16(__builtin_bit_cast(float, bits)).bits;
}

}  // namespace

TEST_CASE("a float is rounded to the nearest bfloat16, to the even one of two", "[bf16]") {
  CHECK(rounded(0x3f800000) == 0x3f80);  // 1
  CHECK(rounded(0x3f807fff) == 0x3f80);  // just below the middle
  CHECK(rounded(0x3f808000) == 0x3f80);  // the middle: 0x3f80 is even
  CHECK(rounded(0x3f808001) == 0x3f81);
  CHECK(rounded(0x3f818000) == 0x3f82);  // the middle: 0x3f81 is odd
  CHECK(rounded(0xbf818000) == 0xbf82);
  CHECK(rounded(0x3fffffff) == 0x4000);  // into the exponent
  CHECK(rounded(0x7f7fffff) == 0x7f80);  // the largest float has no neighbour but infinity
  CHECK(rounded(0x80000000) == 0x8000);  // -0
  CHECK(rounded(0x7f800000) == 0x7f80);
  CHECK(rounded(0xff800000) == 0xff80);
  CHECK(std::isnan(to_float(to_bfloat16(std::numeric_limits<float>::quiet_NaN()))));
  CHECK(std::isnan(to_float(Bfloat16{rounded(0x7f800001)})));  // its lower half alone says so
  CHECK(std::isnan(to_float(Bfloat16{rounded(0xffffffff)})));
}

TEST_CASE("every bfloat16 is its own float's", "[bf16]") {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const Bfloat16 value{static_cast<std::uint16_t>(bits)};
    const float widened = to_float(value);
    if (std::isnan(widened)) continue;
    REQUIRE(to_bfloat16(widened).bits == bits);
  }
}

TEST_CASE("whole tensors are converted as single values are", "[bf16]") {
  const Tensor floats = random_tensor(1003, 1);
  std::vector<Bfloat16> narrow(floats.size());
  convert(floats.data(), narrow.data(), floats.size());
  std::vector<float> wide(floats.size());
  convert(narrow.data(), wide.data(), wide.size());
  for (std::size_t i = 0; i < floats.size(); ++i) {
    REQUIRE(narrow[i].bits == to_bfloat16(floats.data()[i]).bits);
    REQUIRE(wide[i] == to_float(narrow[i]));
  }
}

TEST_CASE("batch norm over bfloat16 is that over floats, rounded", "[bf16]") {
  const FusedActivation function =
      GENERATE(FusedActivation::none, FusedActivation::relu, FusedActivation::relu6,
               FusedActivation::swish, FusedActivation::h_swish);
  const std::int64_t width = GENERATE(1, 8, 16);
  const BlockSizes blocks{
      .samples = 3, .channels = 2 * width, .blocks = 2, .pixels = 37, .width = width};
  CAPTURE(static_cast<int>(function), width);
  const NormKernels kernels = norm_kernels(function, ValueType::bfloat16, width);
  const NormKernels exact = norm_kernels(function, ValueType::float32, width);
  const std::int64_t count = blocks.samples * blocks.blocks * blocks.pixels * width;
  const auto channels = static_cast<std::size_t>(blocks.channels);
  Activation x(count, 1), gradient(count, 2), result(count);
  Tensor wanted(result.floats.size());

  Tensor sums(2 * channels), wanted_sums(2 * channels);
  kernels.moments(blocks, x.data(), sums.data(), sums.data() + channels);
  exact.moments(blocks, x.floats.data(), wanted_sums.data(), wanted_sums.data() + channels);
  check_close(sums.data(), wanted_sums.data(), 2 * channels, same_sum);

  const Tensor values = random_tensor(4 * blocks.channels, 3);
  const auto part = [&](std::size_t i) { return values.data() + i * channels; };
  const NormConstants constants{part(0), part(1), part(2), part(3)};
  kernels.normalise(blocks, constants, x.data(), result.data());
  exact.normalise(blocks, constants, x.floats.data(), wanted.data());
  result.read();
  check_close(result.floats.data(), wanted.data(), wanted.size(), step);

  kernels.parameter_gradients(blocks, constants, x.data(), gradient.data(), sums.data(),
                              sums.data() + channels);
  exact.parameter_gradients(blocks, constants, x.floats.data(), gradient.floats.data(),
                            wanted_sums.data(), wanted_sums.data() + channels);
  check_close(sums.data(), wanted_sums.data(), 2 * channels, same_sum);

  kernels.source_gradient(blocks, constants, x.data(), gradient.data(), wanted_sums.data(),
                          wanted_sums.data() + channels, result.data());
  exact.source_gradient(blocks, constants, x.floats.data(), gradient.floats.data(),
                        wanted_sums.data(), wanted_sums.data() + channels, wanted.data());
  result.read();
  check_close(result.floats.data(), wanted.data(), wanted.size(), step);
}

TEST_CASE("the depthwise weight gradient from bfloat16 is that from floats", "[bf16]") {
  const std::int64_t kernel = GENERATE(3, 5, 7, 9);
  const std::int64_t block = GENERATE(8, 16);
  const std::int64_t dilation = GENERATE(1, 2);
  CAPTURE(kernel, block, dilation);
  const DepthwiseShape shape{.samples = 2,
                             .channels = block + 3,
                             .block = block,
                             .in_h = 12,
                             .in_w = 11,
                             .out_h = 12,
                             .out_w = 11,
                             .kernel_h = kernel,
                             .kernel_w = kernel,
                             .stride_h = 1,
                             .stride_w = 1,
                             .padding_h = kernel / 2 * dilation,
                             .padding_w = kernel / 2 * dilation,
                             .dilation_h = dilation,
                             .dilation_w = dilation};
  const std::int64_t count = shape.samples * 2 * shape.in_h * shape.in_w * block;
  Activation source(count, 1), gradient(count, 2);
  const auto weights = static_cast<std::size_t>(shape.channels * kernel * kernel);
  std::vector<float> computed(weights), wanted(weights);
  Tensor scratch(static_cast<std::size_t>(scratch_size(shape)));
  depthwise_gradient(shape, ValueType::bfloat16)(shape, source.data(), gradient.data(),
                                                 scratch.data(), computed.data());
  depthwise_gradient(shape, ValueType::float32)(shape, source.floats.data(), gradient.floats.data(),
                                                nullptr, wanted.data());
  check_close(computed.data(), wanted.data(), weights, same_sum);
}
