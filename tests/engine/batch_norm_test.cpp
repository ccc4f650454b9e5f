// What rounding does to the moments of a batch.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/base/random.hpp"
#include "core/engine/vector/normalisation.hpp"
#include "core/parameters/tensor.hpp"

using namespace nas;
using engine::BlockSizes;

namespace {

constexpr double mean = 20;
constexpr double deviation = 0.5;
/// Eight roundings to float of the variance: sums are of that many squares at a time.
constexpr double tolerance = 8 * 0x1p-24;

std::size_t place(const BlockSizes& sizes, std::int64_t sample, std::int64_t channel,
                  std::int64_t pixel) {
  const std::int64_t block = sample * sizes.blocks + channel / sizes.width;
  return static_cast<std::size_t>((block * sizes.pixels + pixel) * sizes.width +
                                  channel % sizes.width);
}

/// Normally distributed, but for the first pixel, which is so many deviations from the mean.
Tensor batch_with_outlier(const BlockSizes& sizes, double distance) {
  Tensor values(
      static_cast<std::size_t>(sizes.samples * sizes.blocks * sizes.pixels * sizes.width));
  Random random(derive_seed(1, "batch"));
  for (std::int64_t channel = 0; channel < sizes.channels; ++channel) {
    for (std::int64_t sample = 0; sample < sizes.samples; ++sample) {
      for (std::int64_t pixel = 0; pixel < sizes.pixels; ++pixel) {
        const double z = sample == 0 && pixel == 0 ? distance : random.normal();
        values.data()[place(sizes, sample, channel, pixel)] =
            static_cast<float>(mean + deviation * z);
      }
    }
  }
  return values;
}

/// The largest relative error of a variance, in all channels.
double worst_variance(const BlockSizes& sizes, const Tensor& values) {
  std::vector<float> means(static_cast<std::size_t>(sizes.channels)), variances(means);
  engine::norm_kernels(engine::FusedActivation::none, engine::ValueType::float32, sizes.width)
      .moments(sizes, values.data(), means.data(), variances.data());
  const auto count = static_cast<double>(sizes.samples * sizes.pixels);
  double worst = 0;
  for (std::int64_t channel = 0; channel < sizes.channels; ++channel) {
    const auto sum = [&](auto term) {
      double total = 0;
      for (std::int64_t sample = 0; sample < sizes.samples; ++sample) {
        for (std::int64_t pixel = 0; pixel < sizes.pixels; ++pixel) {
          total += term(static_cast<double>(values.data()[place(sizes, sample, channel, pixel)]));
        }
      }
      return total / count;
    };
    const double centre = sum([](double x) { return x; });
    const double variance = sum([&](double x) { return (x - centre) * (x - centre); });
    const auto index = static_cast<std::size_t>(channel);
    CHECK(means[index] == Approx(centre).epsilon(0x1p-24));
    worst = std::max(worst, std::abs(variances[index] / variance - 1));
  }
  return worst;
}

}  // namespace

TEST_CASE("a first pixel unlike all others leaves the variance of a batch right to rounding") {
  const std::int64_t width = GENERATE(1, 8, 16);
  const std::int64_t pixels = GENERATE(1, 30, 1024);
  CAPTURE(width, pixels);
  const BlockSizes sizes{.samples = 5,
                         .channels = 37,
                         .blocks = (37 + width - 1) / width,
                         .pixels = pixels,
                         .width = width};
  CHECK(worst_variance(sizes, batch_with_outlier(sizes, 0)) < tolerance);
  CHECK(worst_variance(sizes, batch_with_outlier(sizes, 100)) < tolerance);
}
