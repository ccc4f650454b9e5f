#include "core/data/batch.hpp"

#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include "tests/base/rejection.hpp"
#include "tests/data/sample_files.hpp"

namespace nas::test {
namespace {

using Catch::Matchers::Contains;

constexpr Shape shape{2, 3, 4};
constexpr std::size_t elements = 24;

/// Three images whose values are all different and none of which normalises to 0: the value of
/// image n at c, y, x is 1 + 24 n + 12 c + 4 y + x, the mean 0 and the deviation 1.
Samples distinct_samples() {
  auto dataset = std::make_shared<Dataset>();
  dataset->classes = 3;
  dataset->train.shape = shape;
  std::vector<std::uint8_t> values(3 * elements);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::uint8_t>(i + 1);
  dataset->train.values = values;
  dataset->train.labels = {2, 0, 1};
  return {dataset, false, {2, 0, 1}, {{0, 0}, {1, 1}}};
}

struct Batch {
  std::vector<float> images;
  std::vector<std::int32_t> labels;
};

Batch batch_of(const Samples& samples, const std::vector<std::uint32_t>& positions) {
  const auto size = static_cast<std::size_t>(samples.images().shape.elements());
  Batch batch{std::vector<float>(positions.size() * size, -1),
              std::vector<std::int32_t>(positions.size(), -1)};
  fill_batch(samples, positions, batch.images, batch.labels);
  return batch;
}

Batch augmented(const Samples& samples, const std::vector<std::uint32_t>& positions,
                const Augmentation& augmentation, Random& random) {
  const auto size = static_cast<std::size_t>(samples.images().shape.elements());
  Batch batch{std::vector<float>(positions.size() * size, -1),
              std::vector<std::int32_t>(positions.size(), -1)};
  fill_batch(samples, positions, augmentation, random, batch.images, batch.labels);
  return batch;
}

float pixel(const std::vector<float>& image, std::int64_t c, std::int64_t y, std::int64_t x) {
  const bool inside = y >= 0 && y < shape.height && x >= 0 && x < shape.width;
  return inside ? image[static_cast<std::size_t>((c * shape.height + y) * shape.width + x)] : 0.0f;
}

/// The window of the padded image at the given offset, mirrored or not.
std::vector<float> window(const std::vector<float>& image, std::int64_t top, std::int64_t left,
                          bool mirrored) {
  std::vector<float> result;
  for (std::int64_t c = 0; c < shape.channels; ++c) {
    for (std::int64_t y = 0; y < shape.height; ++y) {
      for (std::int64_t x = 0; x < shape.width; ++x) {
        const std::int64_t column = mirrored ? shape.width - 1 - x : x;
        result.push_back(pixel(image, c, y + top, column + left));
      }
    }
  }
  return result;
}

}  // namespace

TEST_CASE("a batch holds the samples at the positions, in their order, with their labels") {
  const Samples samples = distinct_samples();
  const Batch batch = batch_of(samples, {2, 0});
  CHECK(batch.labels == std::vector<std::int32_t>{0, 1});
  CHECK(batch.images[0] == 25);
  CHECK(batch.images[elements - 1] == 48);
  CHECK(batch.images[elements] == 49);
  CHECK(batch.images.back() == 72);
}

TEST_CASE("values are normalised by their channel, bytes and floats alike") {
  Samples samples = distinct_samples();
  samples.normalisation = {{10, 3}, {4, 0.7f}};
  const Batch from_bytes = batch_of(samples, {1});
  CHECK(from_bytes.images[0] == (1.0f - 10.0f) / 4.0f);
  CHECK(from_bytes.images[12] == (13.0f - 3.0f) / 0.7f);
  auto dataset = std::make_shared<Dataset>(*samples.dataset);
  const auto& values = bytes(dataset->train);
  dataset->train.values = std::vector<float>(values.begin(), values.end());
  samples.dataset = dataset;
  CHECK(batch_of(samples, {1}).images == from_bytes.images);
}

TEST_CASE("a batch of test samples reads the test part") {
  const auto dataset = dataset_of_labels({0, 1, 0, 1}, 2);
  const Batch batch = batch_of(test_part(dataset, {{0}, {1}}), {1});
  CHECK(batch.images == std::vector<float>{200, 201, 202, 1});
  CHECK(batch.labels == std::vector<std::int32_t>{1});
}

TEST_CASE("without any augmentation no random number is drawn") {
  const Samples samples = distinct_samples();
  Random random(1);
  CHECK(augmented(samples, {0, 1, 2}, {}, random).images == batch_of(samples, {0, 1, 2}).images);
  Random untouched(1);
  CHECK(random.uniform() == untouched.uniform());
}

TEST_CASE("a flip mirrors left to right, half of the time") {
  const Samples samples = distinct_samples();
  const std::vector<float> plain = batch_of(samples, {0}).images;
  const std::vector<float> mirrored = window(plain, 0, 0, true);
  constexpr int repetitions = 2000;
  // Five standard deviations of a fair coin thrown 2000 times: sqrt(2000) / 2 * 5 = 112.
  constexpr int tolerance = 112;
  Random random(1);
  int flips = 0;
  for (int i = 0; i < repetitions; ++i) {
    const auto images = augmented(samples, {0}, {.flip = true}, random).images;
    if (images == mirrored) {
      ++flips;
    } else {
      REQUIRE(images == plain);
    }
  }
  CHECK(std::abs(flips - repetitions / 2) < tolerance);
}

TEST_CASE("a crop is a window of the padded image, and every window comes") {
  const Samples samples = distinct_samples();
  const std::vector<float> plain = batch_of(samples, {0}).images;
  const int padding = GENERATE(1, 2, 5);
  std::set<std::vector<float>> windows;
  for (int top = -padding; top <= padding; ++top) {
    for (int left = -padding; left <= padding; ++left) {
      windows.insert(window(plain, top, left, false));
    }
  }
  std::set<std::vector<float>> seen;
  Random random(1);
  // 121 windows at most: the chance that one of them never comes is below 121 * exp(-3000 / 121).
  for (int i = 0; i < 3000; ++i) {
    const auto images = augmented(samples, {0}, {.crop_padding = padding}, random).images;
    REQUIRE(windows.count(images) == 1);
    seen.insert(images);
  }
  CHECK(seen == windows);
}

TEST_CASE("a crop draws its row, then its column, then the flip, sample by sample") {
  const Samples samples = distinct_samples();
  Random random(9);
  const auto batch = augmented(samples, {0, 1, 2}, {.flip = true, .crop_padding = 2}, random);
  Random replay(9);
  std::vector<float> expected;
  for (const std::uint32_t position : {0u, 1u, 2u}) {
    const auto top = static_cast<std::int64_t>(replay.below(5)) - 2;
    const auto left = static_cast<std::int64_t>(replay.below(5)) - 2;
    const bool mirrored = replay.chance(0.5);
    const auto image = window(batch_of(samples, {position}).images, top, left, mirrored);
    expected.insert(expected.end(), image.begin(), image.end());
  }
  CHECK(batch.images == expected);
  CHECK(batch.labels == batch_of(samples, {0, 1, 2}).labels);
}

TEST_CASE("padding is the mean, which is 0 once normalised") {
  Samples samples = distinct_samples();
  samples.normalisation = {{7, 8}, {2, 3}};
  Random random(1);
  const int far = 100;
  const auto images = augmented(samples, {0}, {.crop_padding = far}, random).images;
  CHECK(std::ranges::count(images, 0.0f) == static_cast<std::ptrdiff_t>(elements));
}

TEST_CASE("augmentation repeats with its seed") {
  const Samples samples = distinct_samples();
  const Augmentation both{.flip = true, .crop_padding = 2};
  const std::vector<std::uint32_t> positions(50, 1);
  Random one(3);
  Random again(3);
  Random other(4);
  const auto first = augmented(samples, positions, both, one).images;
  CHECK(augmented(samples, positions, both, again).images == first);
  CHECK(augmented(samples, positions, both, other).images != first);
}

TEST_CASE("a batch that does not fit is a defect of the caller") {
  const Samples samples = distinct_samples();
  const std::vector<std::uint32_t> positions = {0, 1};
  std::vector<float> images(2 * elements);
  std::vector<std::int32_t> labels(2);
  const auto message = [&](std::size_t image_count, std::size_t label_count) {
    return rejection(ErrorKind::internal, [&] {
      fill_batch(samples, positions, std::span(images).first(image_count),
                 std::span(labels).first(label_count));
    });
  };
  CHECK_THAT(message(elements, 2), Contains("2 samples of 24 values does not fit into 24 values"));
  CHECK_THAT(message(2 * elements, 1), Contains("and 1 labels"));
}

}  // namespace nas::test
