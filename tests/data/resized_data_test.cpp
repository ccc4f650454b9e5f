#include "core/data/resized_data.hpp"

#include <numeric>

#include <catch2/catch.hpp>

#include "core/base/random.hpp"
#include "tests/base/rejection.hpp"

using namespace nas;

namespace {

/// Weights are rounded to single precision.
constexpr float rounding = 1e-6f;

LabelledImages of_floats(const Shape& shape, std::vector<float> values) {
  return {shape, std::move(values), {0}};
}

void check_row(const std::vector<float>& row, std::int64_t width,
               const std::vector<float>& expected) {
  const auto side = static_cast<std::int64_t>(row.size());
  const LabelledImages result = resized(of_floats({1, 1, side}, row), 1, width);
  const auto& values = std::get<std::vector<float>>(result.values);
  REQUIRE(values.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(values[i] == Approx(expected[i]).margin(rounding));
  }
  // Down is as across.
  const LabelledImages down = resized(of_floats({1, side, 1}, row), width, 1);
  CHECK(std::get<std::vector<float>>(down.values) == values);
}

std::shared_ptr<const Dataset> noise() {
  auto dataset = std::make_shared<Dataset>();
  dataset->name = "noise";
  dataset->classes = 2;
  Random random(1);
  for (LabelledImages* part : {&dataset->train, &dataset->test}) {
    std::vector<std::uint8_t> bytes;
    for (int i = 0; i < 4 * 2 * 6 * 6; ++i)
      bytes.push_back(static_cast<std::uint8_t>(random.below(256)));
    *part = {{2, 6, 6}, bytes, {0, 1, 0, 1}};
  }
  return dataset;
}

}  // namespace

TEST_CASE("enlarging interpolates between the centres of pixels") {
  check_row({0, 8}, 4, {0, 2, 6, 8});
  check_row({3, 9, 6}, 6, {3, 4.5, 7.5, 8.25, 6.75, 6});
}

TEST_CASE("reducing takes the mean under a triangle that is cut at the edge") {
  // The triangle reaches two pixels: 0.75, 0.75, 0.25 of 1.75.
  check_row({7, 0, 0, 0}, 2, {3, 0});
  check_row({0, 0, 7, 0}, 2, {1, 3});
  check_row({5, 5, 5, 5, 5, 5, 5}, 3, {5, 5, 5});
}

TEST_CASE("bytes are rounded to the nearest once") {
  const LabelledImages two{{1, 2, 2}, std::vector<std::uint8_t>{0, 1, 1, 0}, {0}};
  CHECK(std::get<std::vector<std::uint8_t>>(resized(two, 1, 1).values) ==
        std::vector<std::uint8_t>{1});
  const LabelledImages same = resized(two, 2, 2);
  CHECK(std::get<std::vector<std::uint8_t>>(same.values) == std::vector<std::uint8_t>{0, 1, 1, 0});
  CHECK(rejection(ErrorKind::data, [&] { resized(two, 0, 2); }) ==
        "images cannot be resized to '0x2' pixels");
}

TEST_CASE("samples keep their order, labels and normalisation at another resolution") {
  const auto dataset = noise();
  ResizedData data(dataset);
  Samples samples{dataset, false, {2, 0, 3}, {{1, 2}, {3, 4}}};
  const Samples small = data.at(samples, {2, 3, 5});
  CHECK(small.images().shape == Shape{2, 3, 5});
  CHECK(small.images().labels == dataset->train.labels);
  CHECK(small.indices == samples.indices);
  CHECK(small.normalisation == samples.normalisation);
  CHECK(std::get<std::vector<std::uint8_t>>(small.images().values) ==
        std::get<std::vector<std::uint8_t>>(resized(dataset->train, 3, 5).values));
}

TEST_CASE("each resolution is made once, and the test part only when it is asked for") {
  const auto dataset = noise();
  ResizedData data(dataset);
  Samples samples{dataset, false, {0}, {{0, 0}, {1, 1}}};
  const Samples small = data.at(samples, {2, 3, 3});
  CHECK(data.at(samples, {2, 3, 3}).dataset == small.dataset);
  CHECK(data.at(samples, {2, 4, 4}).dataset != small.dataset);
  CHECK(data.at(samples, {2, 6, 6}).dataset == dataset);
  CHECK(small.dataset->test.count() == 0);
  samples.test = true;
  CHECK(data.at(samples, {2, 3, 3}).images().shape == Shape{2, 3, 3});
}

TEST_CASE("what was asked for least recently is dropped, and what is in use lives on") {
  const auto dataset = noise();
  constexpr std::size_t images_and_channels = 4 * 2;
  // Room for 3x3 and 4x4 pixels, or for 5x5 alone.
  ResizedData data(dataset, images_and_channels * (9 + 16));
  const Samples samples{dataset, false, {0}, {{0, 0}, {1, 1}}};
  const auto at = [&](std::int64_t side) { return data.at(samples, {2, side, side}).dataset; };
  const auto three = at(3);
  const auto four = at(4);
  CHECK(at(3) == three);
  at(1);  // one too many: 4x4 goes
  CHECK(at(3) == three);
  CHECK(at(4) != four);
  const auto five = at(5);
  CHECK(at(5) == five);
  CHECK(at(3) != three);
  CHECK(three->train.shape == Shape{2, 3, 3});
}

TEST_CASE("a resolution that is larger than what may be kept is made anew each time") {
  const auto dataset = noise();
  ResizedData data(dataset, 1);
  const Samples samples{dataset, false, {0}, {{0, 0}, {1, 1}}};
  const Samples first = data.at(samples, {2, 3, 3});
  CHECK(data.at(samples, {2, 3, 3}).dataset != first.dataset);
  CHECK(first.images().shape == Shape{2, 3, 3});
}
