#include "core/training/loss.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include "core/base/random.hpp"

using namespace nas;

namespace {

using Values = std::vector<double>;
using Labels = std::vector<std::int32_t>;

/// Arithmetic in double on a handful of terms.
constexpr double rounding = 1e-12;
/// Central differences with a step of 1e-6: truncation 1e-13, rounding 1e-10.
constexpr double difference_tolerance = 1e-8;

double loss(const Values& logits, const Labels& labels, std::int64_t classes,
            double smoothing = 0) {
  return softmax_cross_entropy<double>(logits, labels, classes, smoothing, {}, 1).loss;
}

}  // namespace

TEST_CASE("the loss of equal logits is the logarithm of the number of classes") {
  CHECK(loss({3, 3, 3, 3}, {2}, 4) == Approx(std::log(4.0)).margin(rounding));
}

TEST_CASE("the loss is summed over the samples") {
  // Probabilities 3/4 and 1/4.
  const double l = std::log(3.0);
  CHECK(loss({l, 0, l, 0}, {0, 1}, 2) ==
        Approx(std::log(4.0 / 3) + std::log(4.0)).margin(rounding));
}

TEST_CASE("label smoothing puts the same weight on every class") {
  // Target 0.9 + 0.05 and 0.05 on probabilities 3/4 and 1/4.
  const double expected = -0.95 * std::log(0.75) - 0.05 * std::log(0.25);
  CHECK(loss({std::log(3.0), 0}, {0}, 2, 0.1) == Approx(expected).margin(rounding));
  // Target 0.2 / 4 on the three other classes, 0.85 on the label, probability 1/4 everywhere.
  CHECK(loss({1, 1, 1, 1}, {3}, 4, 0.2) == Approx(std::log(4.0)).margin(rounding));
}

TEST_CASE("the gradient is the probability less the target, over the batch") {
  Values gradient(2);
  softmax_cross_entropy<double>(Values{std::log(3.0), 0}, Labels{0}, 2, 0.1, gradient, 10);
  CHECK(gradient[0] == Approx((0.75 - 0.95) / 10).margin(rounding));
  CHECK(gradient[1] == Approx((0.25 - 0.05) / 10).margin(rounding));
}

TEST_CASE("the gradient agrees with finite differences") {
  const double smoothing = GENERATE(0.0, 0.1, 0.5);
  Random random(3);
  Values logits(15);
  for (double& value : logits) value = 3 * random.normal();
  const Labels labels = {4, 0, 2};
  Values gradient(15);
  softmax_cross_entropy<double>(logits, labels, 5, smoothing, gradient, 3);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const double step = 1e-6;
    Values above = logits;
    Values below = logits;
    above[i] += step;
    below[i] -= step;
    const double slope =
        (loss(above, labels, 5, smoothing) - loss(below, labels, 5, smoothing)) / (2 * step);
    CHECK(gradient[i] == Approx(slope / 3).margin(difference_tolerance));
  }
}

TEST_CASE("huge logits neither overflow nor lose the loss") {
  CHECK(loss({10000, 0}, {0}, 2) == 0);
  CHECK(loss({10000, 0}, {1}, 2) == Approx(10000).margin(rounding));
  CHECK(loss({-10000, -10001}, {0}, 2) == Approx(std::log1p(std::exp(-1))).margin(1e-9));
  std::vector<float> gradient(2);
  softmax_cross_entropy<float>(std::vector<float>{1e30F, -1e30F}, Labels{1}, 2, 0, gradient, 1);
  CHECK(gradient == std::vector<float>{1, -1});
}

TEST_CASE("a logit that is not a number makes the loss one, wherever it stands") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(std::isnan(loss({nan, 1, 2}, {1}, 3)));
  CHECK(std::isnan(loss({1, nan, 2}, {0}, 3)));
  CHECK(std::isnan(loss({1, 2, nan}, {0}, 3)));
  CHECK_FALSE(std::isfinite(loss({1, std::numeric_limits<double>::infinity(), 2}, {0}, 3)));
}

TEST_CASE("a sample is correct where its class has the largest logit, the first on a tie") {
  const auto correct = [](const Values& logits, const Labels& labels) {
    return softmax_cross_entropy<double>(logits, labels, 3, 0, {}, 1).correct;
  };
  CHECK(correct({1, 2, 0, 5, 4, 3, 0, 0, 1}, {1, 1, 2}) == 2);
  CHECK(correct({7, 7, 0}, {0}) == 1);
  CHECK(correct({7, 7, 0}, {1}) == 0);
}
