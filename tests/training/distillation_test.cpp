#include <cmath>
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

double loss(const Values& logits, const Values& teacher, const Labels& labels, std::int64_t classes,
            const DistillationSettings& settings = {}) {
  return distillation_loss<double>(logits, teacher, labels, classes, settings, {}, 1).loss;
}

}  // namespace

TEST_CASE("the soft loss is the cross-entropy with the teacher's probabilities") {
  // Student 3/4, 1/4; teacher 1/2, 1/2; label 0.
  const double l = std::log(3.0);
  const double hard = -std::log(0.75);
  const double soft = -0.5 * std::log(0.75) - 0.5 * std::log(0.25);
  CHECK(loss({l, 0}, {5, 5}, {0}, 2) == Approx(hard + soft).margin(rounding));
  CHECK(loss({l, 0}, {5, 5}, {0}, 2, {.weight = 0.25}) ==
        Approx(hard + 0.25 * soft).margin(rounding));
}

TEST_CASE("a temperature softens both, and its square makes up for it") {
  // At temperature 2 logits of 2 log 3 give 3/4, 1/4.
  const double l = 2 * std::log(3.0);
  const double hard = std::log1p(std::exp(-l));
  const double soft = -0.25 * std::log(0.75) - 0.75 * std::log(0.25);
  CHECK(loss({l, 0}, {0, l}, {0}, 2, {.temperature = 2}) ==
        Approx(hard + 4 * soft).margin(rounding));
}

TEST_CASE("without weight only the hard loss is left, its smoothing included") {
  const Values logits = normal_values(12, 2, 1);
  const Values teacher = normal_values(12, 2, 2);
  const Labels labels = {3, 0, 2};
  Values hard(12), mixed(12);
  const LossResult expected = softmax_cross_entropy<double>(logits, labels, 4, 0.1, hard, 3);
  const LossResult result = distillation_loss<double>(
      logits, teacher, labels, 4, {.weight = 0, .label_smoothing = 0.1}, mixed, 3);
  CHECK(result.loss == expected.loss);
  CHECK(result.correct == expected.correct);
  CHECK(mixed == hard);
}

TEST_CASE("a student that equals its teacher has no soft gradient") {
  const Values logits = normal_values(12, 2, 3);
  const Labels labels = {3, 0, 2};
  Values hard(12), mixed(12);
  softmax_cross_entropy<double>(logits, labels, 4, 0, hard, 3);
  distillation_loss<double>(logits, logits, labels, 4, {.temperature = 3}, mixed, 3);
  CHECK(mixed == hard);
}

TEST_CASE("the gradient of distillation agrees with finite differences") {
  const double temperature = GENERATE(0.5, 1.0, 4.0);
  const DistillationSettings settings{
      .temperature = temperature, .weight = 0.7, .label_smoothing = 0.1};
  const Values logits = normal_values(15, 2, 4);
  const Values teacher = normal_values(15, 2, 5);
  const Labels labels = {4, 0, 2};
  Values gradient(15);
  distillation_loss<double>(logits, teacher, labels, 5, settings, gradient, 3);
  const Values expected =
      slopes(logits, [&](const Values& at) { return loss(at, teacher, labels, 5, settings) / 3; });
  for (std::size_t i = 0; i < logits.size(); ++i) {
    CHECK(gradient[i] == Approx(expected[i]).margin(difference_tolerance));
  }
}

TEST_CASE("a teacher or a student that is certain leaves the loss finite") {
  CHECK(loss({0, 0}, {1e6, 0}, {0}, 2) == Approx(2 * std::log(2.0)).margin(rounding));
  CHECK(loss({1e6, 0}, {1e6, 0}, {0}, 2) == 0);
  CHECK(loss({1e6, 0}, {0, 1e6}, {0}, 2) == Approx(1e6).margin(1e-6));
  std::vector<float> gradient(2);
  distillation_loss<float>(std::vector<float>{1e30F, -1e30F}, std::vector<float>{-1e30F, 1e30F},
                           Labels{1}, 2, {}, gradient, 1);
  CHECK(gradient == std::vector<float>{2, -2});
}

TEST_CASE("distillation refuses what makes no sense, with the value") {
  const auto settings = [](const DistillationSettings& given) {
    return rejection(ErrorKind::config, [&] { loss({0, 0}, {0, 0}, {0}, 2, given); });
  };
  CHECK_THAT(settings({.temperature = 0}), Contains("temperature '0'"));
  CHECK_THAT(settings({.temperature = std::nan("")}), Contains("temperature 'nan'"));
  CHECK_THAT(settings({.weight = -1}), Contains("weight '-1'"));
  CHECK_THAT(rejection(ErrorKind::internal,
                       [] {
                         loss({0, 0}, {0, 0, 0}, {0}, 2);
                       }),
             Contains("'3' logits of the teacher"));
  CHECK_THAT(rejection(ErrorKind::data, [] { loss({0, 0}, {0, 0}, {2}, 2); }), Contains("'2'"));
}
