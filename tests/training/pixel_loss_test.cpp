#include <cmath>
#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include "core/training/loss.hpp"
#include "tests/base/rejection.hpp"
#include "tests/training/slopes.hpp"

using namespace nas;
using namespace nas::test;
using Catch::Matchers::Contains;

namespace {

using Values = std::vector<double>;
using Labels = std::vector<std::int32_t>;

/// Arithmetic in double on a handful of terms.
constexpr double rounding = 1e-12;

}  // namespace

TEST_CASE("pixels are classified across the planes of their image") {
  // Two images of two pixels, three classes: class c of pixel p of image n at (n * 3 + c) * 2 + p.
  const Values logits = {0, 9, 9, 0, 0, 0, 5, 0, 5, 0, 5, 7};
  const Labels labels = {1, 0, 0, 2};
  const LossResult result =
      pixel_cross_entropy<double>(logits, labels, {.classes = 3, .pixels = 2}, {}, 1);
  CHECK(result.count == 4);
  CHECK(result.correct == 4);
  const double sure = std::log1p(2 * std::exp(-9));
  const double quite = std::log1p(2 * std::exp(-7));
  CHECK(result.loss == Approx(2 * sure + std::log(3.0) + quite).margin(rounding));
}

TEST_CASE("one pixel an image is the loss of images") {
  const Values logits = normal_values(20, 2, 1);
  const Labels labels = {3, 0, 4, 1};
  Values of_images(20), of_pixels(20);
  const LossResult images = softmax_cross_entropy<double>(logits, labels, 5, 0, of_images, 4);
  const LossResult pixels =
      pixel_cross_entropy<double>(logits, labels, {.classes = 5, .pixels = 1}, of_pixels, 4);
  CHECK(pixels.loss == images.loss);
  CHECK(pixels.correct == images.correct);
  CHECK(of_pixels == of_images);
}

TEST_CASE("ignored pixels have no loss, no gradient and no say in the accuracy") {
  const Values logits = normal_values(2 * 3 * 4, 2, 2);
  const Labels labels = {0, 255, 2, 255, 1, 1, 255, 0};
  Values gradient(logits.size(), 77);
  const PixelClasses shape{.classes = 3, .pixels = 4};
  const LossResult result = pixel_cross_entropy<double>(logits, labels, shape, gradient, 5);
  CHECK(result.count == 5);
  CHECK(counted_pixels(labels, 255) == 5);
  for (const std::size_t pixel : {1u, 3u}) {
    for (std::size_t c = 0; c < 3; ++c) CHECK(gradient[c * 4 + pixel] == 0);
  }
  // What an ignored pixel says changes nothing.
  Values other = logits;
  for (std::size_t c = 0; c < 3; ++c) other[c * 4 + 1] = 1e6 * static_cast<double>(c);
  CHECK(pixel_cross_entropy<double>(other, labels, shape, {}, 5).loss == result.loss);
}

TEST_CASE("where all pixels are ignored there is no loss and no gradient") {
  const Values logits = normal_values(12, 2, 3);
  Values gradient(12, 77);
  const LossResult result = pixel_cross_entropy<double>(
      logits, Labels(4, -1), {.classes = 3, .pixels = 4, .ignored = -1}, gradient, 0);
  CHECK(result.loss == 0);
  CHECK(result.count == 0);
  CHECK(gradient == Values(12, 0.0));
}

TEST_CASE("shards of a batch add up to the mean over all pixels that count") {
  const Values logits = normal_values(2 * 3 * 4, 2, 4);
  const Labels labels = {0, 255, 2, 255, 1, 1, 2, 0};
  const PixelClasses shape{.classes = 3, .pixels = 4};
  Values whole(24), first(12), second(12);
  const double loss = pixel_cross_entropy<double>(logits, labels, shape, whole, 6).loss;
  const std::span<const double> all(logits);
  const std::span<const std::int32_t> all_labels(labels);
  const LossResult a =
      pixel_cross_entropy<double>(all.first(12), all_labels.first(4), shape, first, 6);
  const LossResult b =
      pixel_cross_entropy<double>(all.last(12), all_labels.last(4), shape, second, 6);
  CHECK(a.loss + b.loss == Approx(loss).margin(rounding));
  CHECK(a.count + b.count == counted_pixels(labels, 255));
  first.insert(first.end(), second.begin(), second.end());
  CHECK(first == whole);
}

TEST_CASE("the gradient over pixels agrees with finite differences") {
  const Values logits = normal_values(2 * 4 * 6, 3, 5);
  const Labels labels = {0, 9, 2, 3, 1, 1, 2, 0, 9, 9, 3, 2};
  const PixelClasses shape{.classes = 4, .pixels = 6, .ignored = 9};
  Values gradient(logits.size());
  pixel_cross_entropy<double>(logits, labels, shape, gradient, 9);
  const Values expected = slopes(logits, [&](const Values& at) {
    return pixel_cross_entropy<double>(at, labels, shape, {}, 1).loss / 9;
  });
  for (std::size_t i = 0; i < logits.size(); ++i) {
    CHECK(gradient[i] == Approx(expected[i]).margin(difference_tolerance));
  }
}

TEST_CASE("huge logits of pixels do not overflow") {
  std::vector<float> gradient(2);
  const LossResult result = pixel_cross_entropy<float>(std::vector<float>{1e30F, -1e30F}, Labels{1},
                                                       {.classes = 2, .pixels = 1}, gradient, 1);
  CHECK(result.loss == Approx(2e30));
  CHECK(gradient == std::vector<float>{1, -1});
}

TEST_CASE("a label that is no class is refused, with its value") {
  const auto pixels = [](Labels labels) {
    return rejection(ErrorKind::data, [&] {
      pixel_cross_entropy<double>(Values(3 * labels.size()), labels, {.classes = 3, .pixels = 2},
                                  {}, 1);
    });
  };
  CHECK_THAT(pixels({0, 3}), Contains("'3'") && Contains("0 to 2"));
  CHECK_THAT(pixels({0, -1}), Contains("'-1'"));
  CHECK_THAT(rejection(ErrorKind::data,
                       [] { softmax_cross_entropy<double>(Values(3), Labels{7}, 3, 0, {}, 1); }),
             Contains("'7'"));
}

TEST_CASE("lengths that do not fit are refused") {
  const auto refused = [](std::size_t logits, std::size_t labels, std::size_t gradient) {
    return rejection(ErrorKind::internal, [&] {
      Values slope(gradient);
      pixel_cross_entropy<double>(Values(logits), Labels(labels), {.classes = 3, .pixels = 2},
                                  slope, 1);
    });
  };
  CHECK_THAT(refused(5, 2, 0), Contains("'5' logits") && Contains("6"));
  CHECK_THAT(refused(6, 2, 4), Contains("'4' values of the gradient"));
  CHECK_THAT(refused(9, 3, 0), Contains("'3' labels"));
  CHECK_THAT(rejection(ErrorKind::internal,
                       [] { softmax_cross_entropy<double>(Values(4), Labels(2), 3, 0, {}, 1); }),
             Contains("'4' logits"));
}
