#include <algorithm>
#include <cmath>
#include <numeric>

#include <catch2/catch.hpp>

#include "core/base/random.hpp"
#include "core/data/split.hpp"

namespace nas::test {
namespace {

/// Two channels of two pixels: 0 2 | 10 10, and 4 6 | 10 10.
LabelledImages two_channels() {
  return {{2, 1, 2}, std::vector<std::uint8_t>{0, 2, 10, 10, 4, 6, 10, 10}, {0, 1}};
}

std::vector<std::uint32_t> all_indices(const LabelledImages& images) {
  std::vector<std::uint32_t> indices(images.count());
  std::iota(indices.begin(), indices.end(), 0u);
  return indices;
}

}  // namespace

TEST_CASE("mean and deviation are those of each channel") {
  const LabelledImages images = two_channels();
  const Normalisation both = measure_normalisation(images, all_indices(images));
  CHECK(both.mean == std::vector<float>{3, 10});
  CHECK(both.deviation[0] == std::sqrt(5.0f));
  const std::vector<std::uint32_t> second = {1};
  CHECK(measure_normalisation(images, second).mean == std::vector<float>{5, 10});
  CHECK(measure_normalisation(images, second).deviation == std::vector<float>{1, 1});
}

TEST_CASE("a channel that never changes has the deviation 1") {
  const LabelledImages images = two_channels();
  CHECK(measure_normalisation(images, all_indices(images)).deviation[1] == 1.0f);
}

TEST_CASE("floats give the same moments as bytes of the same value") {
  LabelledImages images = two_channels();
  const Normalisation bytes = measure_normalisation(images, all_indices(images));
  images.values = std::vector<float>{0, 2, 10, 10, 4, 6, 10, 10};
  CHECK(measure_normalisation(images, all_indices(images)) == bytes);
}

TEST_CASE("the order of the samples does not show in the normalisation, not in the last bit") {
  constexpr std::size_t count = 1000;
  Random random(1);
  std::vector<float> values(count * 4);
  for (float& value : values) value = static_cast<float>(random.normal());
  // Large values that cancel out: what is left of the small ones depends on the order of the sum.
  for (std::size_t i = 0; i < values.size(); i += 80) values[i] = i % 160 == 0 ? 1e20f : -1e20f;
  const LabelledImages images{{1, 2, 2}, values, std::vector<std::int32_t>(count, 0)};
  std::vector<std::uint32_t> indices = all_indices(images);
  const Normalisation in_order = measure_normalisation(images, indices);
  for (int repetition = 0; repetition < 20; ++repetition) {
    random.shuffle(std::span(indices));
    CHECK(measure_normalisation(images, indices) == in_order);
  }
}

TEST_CASE("a large offset does not swallow the deviation") {
  // A single pass over squares in single precision would give 0 here.
  const LabelledImages images{{1, 1, 1}, std::vector<float>{1e6f, 1e6f + 1}, {0, 1}};
  CHECK(measure_normalisation(images, all_indices(images)).deviation[0] == 0.5f);
}

}  // namespace nas::test
