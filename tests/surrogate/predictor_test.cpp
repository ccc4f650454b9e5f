#include <cmath>

#include <catch2/catch.hpp>

#include "plugins/strategies/bananas/encoding.hpp"
#include "plugins/strategies/bananas/ensemble.hpp"
#include "tests/surrogate/points.hpp"

using namespace nas;
using namespace nas::test;

namespace {

struct Learnable {
  fake::Space space{6, 4};
  std::unique_ptr<Encoding> encoding = one_hot_encoding(space.decisions());
  std::vector<Bits> bits;
  std::vector<double> targets;

  explicit Learnable(std::size_t count, std::uint64_t seed = 1) {
    for (const Genotype& point : sampled(space, count, seed)) {
      bits.push_back(encoding->bits(point));
      targets.push_back(100 + 3 * minus_sum(point));
    }
  }
};

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = a[i] - mean_of(a), y = b[i] - mean_of(b);
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / std::sqrt(aa * bb);
}

}  // namespace

TEST_CASE("the gradient of a predictor agrees with finite differences") {
  const Learnable data(20);
  Random random(1);
  Predictor predictor(data.encoding->size(), random);
  std::vector<const Bits*> examples;
  std::vector<float> targets;
  for (std::size_t i = 0; i < 20; ++i) {
    examples.push_back(&data.bits[i]);
    targets.push_back(i % 2 == 0 ? 5.0F : -5.0F);  // far away: no change of sign
  }
  // Every bias off 0, so that no unit is at its kink.
  for (float& value : predictor.parameters()) value += 0.01F * static_cast<float>(random.normal());
  Eigen::VectorXf gradient, unused;
  predictor.loss_and_gradient(examples, targets, gradient);
  constexpr float step = 2e-3F;       // so that few units pass the kink of their ReLU
  constexpr double tolerance = 1e-3;  // single precision: 2e-6 of a loss of 5, over a step
  int checked = 0;
  for (Eigen::Index i = 0; i < gradient.size(); i += 37) {
    const float before = predictor.parameters()[i];
    const auto loss_at = [&](float value) {
      predictor.parameters()[i] = value;
      return predictor.loss_and_gradient(examples, targets, unused);
    };
    const double slope = (loss_at(before + step) - loss_at(before - step)) / (2.0 * step);
    predictor.parameters()[i] = before;
    CHECK(std::abs(slope - gradient[i]) < tolerance + 0.02 * std::abs(slope));
    ++checked;
  }
  CHECK(checked > 100);
}

TEST_CASE("an ensemble ranks networks that it has not seen") {
  const Learnable data(150);
  Ensemble ensemble(data.encoding->size(), {}, 7);
  ensemble.train(std::span(data.bits).first(100), std::span(data.targets).first(100));
  const EnsemblePrediction prediction = ensemble.predict(std::span(data.bits).subspan(100));
  const std::vector<double> truth(data.targets.begin() + 100, data.targets.end());
  CHECK(correlation(prediction.mean, truth) > 0.8);
  CHECK(std::abs(mean_of(prediction.mean) - mean_of(truth)) < 3);  // in the targets' units
}

TEST_CASE("an ensemble repeats, and its members differ") {
  const Learnable data(40);
  Ensemble one(data.encoding->size(), {}, 7), other(data.encoding->size(), {}, 7);
  one.train(data.bits, data.targets);
  other.train(data.bits, data.targets);
  const EnsemblePrediction first = one.predict(data.bits), second = other.predict(data.bits);
  CHECK(first.mean == second.mean);
  CHECK(first.deviation == second.deviation);
  for (const double deviation : first.deviation) CHECK(deviation > 0);
}

TEST_CASE("an ensemble copes with equal targets") {
  const Learnable data(20);
  Ensemble ensemble(data.encoding->size(), {.members = 2, .training = {}}, 7);
  ensemble.train(data.bits, std::vector<double>(20, 3.0));
  for (const double mean : ensemble.predict(data.bits).mean) CHECK(std::abs(mean - 3) < 0.5);
}

TEST_CASE("the deviation of an ensemble is that of its members among each other") {
  // Of the same weights: none. Two members trained for no epoch differ by their first weights only.
  const Learnable data(8);
  Ensemble ensemble(data.encoding->size(), {.members = 2, .training = {.epochs = 0}}, 3);
  ensemble.train(data.bits, data.targets);
  const EnsemblePrediction two = ensemble.predict(data.bits);
  Random first(derive_seed(3, "member", 0)), second(derive_seed(3, "member", 1));
  const std::vector<double> a = Predictor(data.encoding->size(), first).predict(data.bits);
  const std::vector<double> b = Predictor(data.encoding->size(), second).predict(data.bits);
  const double scale = (two.mean[1] - two.mean[0]) / ((a[1] + b[1] - a[0] - b[0]) / 2);
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(std::abs(two.deviation[i] - scale * std::abs(a[i] - b[i]) / 2) < 1e-3 * scale);
  }
}
