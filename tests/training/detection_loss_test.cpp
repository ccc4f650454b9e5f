#include "core/training/detection_loss.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/base/rejection.hpp"
#include "tests/training/slopes.hpp"

using namespace nas;
using namespace nas::test;
using Catch::Matchers::Contains;

namespace {

using Values = std::vector<double>;
using Targets = std::vector<std::int8_t>;

/// Arithmetic in double on a handful of terms.
constexpr double rounding = 1e-12;

double focal(const Values& logits, const Targets& targets, const FocalSettings& settings = {}) {
  return focal_loss<double>(logits, targets, settings, {}, 1);
}

double smooth_l1(const Values& predictions, const Values& targets, double beta) {
  return smooth_l1_loss<double>(predictions, targets, {}, beta, {}, 1);
}

}  // namespace

TEST_CASE("focal loss weighs the surprise by how wrong the prediction is") {
  // Probability 3/4.
  const double l = std::log(3.0);
  CHECK(focal({l}, {1}) == Approx(-0.25 / 16 * std::log(0.75)).margin(rounding));
  CHECK(focal({l}, {0}) == Approx(-0.75 * 9 / 16 * std::log(0.25)).margin(rounding));
  CHECK(focal({l, l}, {1, 0}) == Approx(focal({l}, {1}) + focal({l}, {0})).margin(rounding));
}

TEST_CASE("without gamma focal loss is a weighted cross-entropy") {
  const double l = std::log(3.0);
  const FocalSettings plain{.alpha = 0.5, .gamma = 0};
  CHECK(focal({l}, {1}, plain) == Approx(-0.5 * std::log(0.75)).margin(rounding));
  CHECK(focal({-1000}, {0}, plain) == 0);
  CHECK(focal({-1000}, {1}, plain) == 500);
}

TEST_CASE("ignored elements have no focal loss and no gradient") {
  Values gradient(2, 77);
  const double loss =
      focal_loss<double>(Values{3, -2}, Targets{ignored_target, 1}, {}, gradient, 1);
  CHECK(loss == focal({-2}, {1}));
  CHECK(gradient[0] == 0);
  CHECK(gradient[1] != 0);
}

TEST_CASE("focal loss of certain predictions is neither infinite nor lost") {
  CHECK(focal({1e4}, {1}) == 0);
  CHECK(focal({-1e4}, {1}) == Approx(0.25 * 1e4).margin(1e-6));
  CHECK(focal({40}, {1}) == Approx(0.25 * std::exp(-120.0)).epsilon(1e-9).margin(0));
  std::vector<float> gradient(4);
  focal_loss<float>(std::vector<float>{1e30F, -1e30F, 1e30F, -1e30F}, Targets{1, 1, 0, 0}, {},
                    gradient, 1);
  CHECK(gradient[0] == 0);
  CHECK(std::isfinite(gradient[1]));
  CHECK(std::isfinite(gradient[2]));
  CHECK(gradient[3] == 0);
}

TEST_CASE("the gradient of focal loss agrees with finite differences") {
  const double gamma = GENERATE(0.0, 0.5, 1.5, 2.0);
  const FocalSettings settings{.alpha = 0.3, .gamma = gamma};
  const Values logits = normal_values(12, 3, 6);
  const Targets targets = {1, 0, 0, 1, -1, 0, 1, 1, 0, 0, -1, 1};
  Values gradient(12);
  focal_loss<double>(logits, targets, settings, gradient, 4);
  const Values expected =
      slopes(logits, [&](const Values& at) { return focal(at, targets, settings) / 4; });
  for (std::size_t i = 0; i < logits.size(); ++i) {
    CHECK(gradient[i] == Approx(expected[i]).margin(difference_tolerance));
  }
}

TEST_CASE("smooth L1 is a parabola near the target and a line elsewhere") {
  CHECK(smooth_l1({1.5}, {1}, 1) == Approx(0.125).margin(rounding));
  CHECK(smooth_l1({-1}, {1}, 1) == Approx(1.5).margin(rounding));
  CHECK(smooth_l1({1.5}, {1}, 0.1) == Approx(0.45).margin(rounding));
  // Both agree where they meet.
  CHECK(smooth_l1({0.2}, {0}, 0.2) == Approx(0.1).margin(rounding));
}

TEST_CASE("smooth L1 with beta 0 is L1") {
  Values gradient(3);
  const double loss = smooth_l1_loss<double>(Values{2, 1, 0}, Values{1, 1, 1}, {}, 0, gradient, 2);
  CHECK(loss == 2);
  CHECK(gradient == Values{0.5, 0, -0.5});
}

TEST_CASE("elements that do not count have no smooth L1 and no gradient") {
  Values gradient(2, 77);
  const std::vector<std::uint8_t> counts = {0, 1};
  CHECK(smooth_l1_loss<double>(Values{9, 3}, Values{0, 1}, counts, 1, gradient, 1) == 1.5);
  CHECK(gradient == Values{0, 1});
}

TEST_CASE("smooth L1 of distant values stays a line") {
  std::vector<float> gradient(1);
  const double loss = smooth_l1_loss<float>(std::vector<float>{3e38F}, std::vector<float>{-3e38F},
                                            {}, 1, gradient, 1);
  CHECK(loss == Approx(6e38));
  CHECK(gradient[0] == 1);
}

TEST_CASE("the gradient of smooth L1 agrees with finite differences") {
  const double beta = GENERATE(0.11, 1.0, 3.0);
  const Values predictions = normal_values(12, 2, 7);
  const Values targets = normal_values(12, 2, 8);
  Values gradient(12);
  smooth_l1_loss<double>(predictions, targets, {}, beta, gradient, 4);
  const Values expected =
      slopes(predictions, [&](const Values& at) { return smooth_l1(at, targets, beta) / 4; });
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    CHECK(gradient[i] == Approx(expected[i]).margin(difference_tolerance));
  }
}

TEST_CASE("losses of detection refuse what makes no sense, with the value") {
  CHECK_THAT(rejection(ErrorKind::config, [] { focal({0}, {1}, {.alpha = 1.5}); }),
             Contains("alpha '1.5'"));
  CHECK_THAT(rejection(ErrorKind::config, [] { focal({0}, {1}, {.gamma = -1}); }),
             Contains("gamma '-1'"));
  CHECK_THAT(rejection(ErrorKind::data, [] { focal({0}, {2}); }), Contains("target '2'"));
  CHECK_THAT(rejection(ErrorKind::internal, [] { focal({0, 0}, {1}); }), Contains("'1' targets"));
  CHECK_THAT(rejection(ErrorKind::config, [] { smooth_l1({0}, {0}, -0.5); }),
             Contains("beta '-0.5'"));
  CHECK_THAT(rejection(ErrorKind::internal,
                       [] {
                         smooth_l1({0, 1}, {0}, 1);
                       }),
             Contains("'1' targets"));
  const auto lengths = [](std::size_t counts, std::size_t gradient) {
    return rejection(ErrorKind::internal, [&] {
      Values slope(gradient);
      smooth_l1_loss<double>(Values(2), Values(2), std::vector<std::uint8_t>(counts), 1, slope, 1);
    });
  };
  CHECK_THAT(lengths(1, 0), Contains("'1' counts"));
  CHECK_THAT(lengths(0, 3), Contains("'3' values of the gradient"));
  Values slope(3);
  CHECK_THAT(rejection(ErrorKind::internal,
                       [&] { focal_loss<double>(Values(2), Targets(2), {}, slope, 1); }),
             Contains("'3' values of the gradient"));
}
