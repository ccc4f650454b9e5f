#include "plugins/strategies/bayesian/model.hpp"

#include <cmath>
#include <memory>

#include <catch2/catch.hpp>

#include "plugins/strategies/bayesian/candidate_grid.hpp"
#include "plugins/strategies/bayesian/categorical_kernel.hpp"
#include "tests/surrogate/points.hpp"

using namespace nas;
using namespace nas::test;

namespace {

// Of triangular systems of 60 rows with noise of 1e-4 variances, one at a time or in blocks.
constexpr double model_rounding = 1e-9;

SurrogateModel model_of(const SearchSpace& space) {
  return {std::make_unique<CategoricalKernel>(space.decisions()),
          {250, {std::log(1e-4), std::log(0.2), std::log(0.01)}}};
}

double largest_difference(const Prediction& a, const Prediction& b) {
  return std::max((a.mean - b.mean).cwiseAbs().maxCoeff(),
                  (a.variance - b.variance).cwiseAbs().maxCoeff());
}

}  // namespace

TEST_CASE("a model learns an objective from a part of its space") {
  const fake::Space space(6, 4);
  SurrogateModel model = model_of(space);
  const auto points = sampled(space, 120);
  const auto known = observed({points.begin(), points.begin() + 60});
  model.update(known, {});
  const std::vector<Genotype> others(points.begin() + 60, points.end());
  const Prediction prediction = model.predict(others);
  double explained = 0, total = 0;
  for (std::size_t i = 0; i < others.size(); ++i) {
    // Sums of six answers 0 … 3: mean -9, variance 6 * 1.25.
    const double target = (minus_sum(others[i]) + 9) / std::sqrt(7.5);
    explained += std::pow(prediction.mean[static_cast<Eigen::Index>(i)] - target, 2);
    total += target * target;
  }
  CHECK(explained < 0.2 * total);
}

TEST_CASE("a grid of candidates predicts what the model predicts, as results come and go") {
  const fake::Space space(3, 4);
  SurrogateModel model = model_of(space);
  const auto points = sampled(space, 64);
  CandidateGrid grid(points);
  for (std::size_t count = 5; count < 40; ++count) {
    const auto known = observed({points.begin(), points.begin() + static_cast<int>(count)});
    const std::size_t gap = count % 3;  // the next results may belong to other points
    const auto awaited = std::span(points).subspan(count + gap, 4);
    model.update(known, awaited);
    const Prediction all = model.predict(points);
    CHECK(largest_difference(grid.predict(model), all) < model_rounding);
  }
}

TEST_CASE("a model that is told one by one equals one that is told in steps of its fits") {
  const fake::Space space(4, 4);
  SurrogateModel one = model_of(space), other = model_of(space);
  const auto points = sampled(space, 40);
  const auto known = observed(points);
  // Fitted to 10, 17, 24, 31, 38.
  for (std::size_t count = 10; count <= 40; ++count) one.update(std::span(known).first(count), {});
  for (const std::size_t count : {10u, 17u, 24u, 31u, 38u, 40u}) {
    other.update(std::span(known).first(count), std::span(points).subspan(count, 0));
  }
  CHECK(largest_difference(one.predict(points), other.predict(points)) < model_rounding);
}

TEST_CASE("samples of the function have the mean and variance of the prediction") {
  const fake::Space space(3, 4);
  SurrogateModel model = model_of(space);
  const auto points = sampled(space, 12);
  model.update(observed({points.begin(), points.begin() + 6}), {points.begin() + 6, 1});
  const std::vector<Genotype> at(points.begin() + 7, points.end());
  const Prediction prediction = model.predict(at);
  Random random(2);
  constexpr int draws = 4000;
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(5), squares = sum;
  for (int draw = 0; draw < draws; ++draw) {
    const Eigen::VectorXd values = model.sample(at, [&random] { return random.normal(); });
    sum += values;
    squares += (values - prediction.mean).cwiseAbs2();
    model.forget_sample();
  }
  for (Eigen::Index i = 0; i < 5; ++i) {
    const double deviation = std::sqrt(prediction.variance[i]);
    // Five standard errors.
    CHECK(std::abs(sum[i] / draws - prediction.mean[i]) < 5 * deviation / std::sqrt(draws));
    CHECK(std::abs(squares[i] / draws / prediction.variance[i] - 1) < 5 * std::sqrt(2.0 / draws));
  }
  CHECK(largest_difference(model.predict(at), prediction) < model_rounding);
}

TEST_CASE("a sample is one function: at the same point it has the same value") {
  const fake::Space space(3, 4);
  SurrogateModel model = model_of(space);
  const auto points = sampled(space, 12);
  model.update(observed({points.begin(), points.begin() + 6}), {});
  Random random(2);
  const auto normal = [&random] { return random.normal(); };
  const std::vector<Genotype> at(points.begin() + 6, points.end());
  const Eigen::VectorXd first = model.sample(at, normal);
  const Eigen::VectorXd second = model.sample(at, normal);
  // What is left of the variance of a value that was drawn is model_rounding.
  CHECK((first - second).cwiseAbs().maxCoeff() < 1e-4);
}

TEST_CASE("a model of equal results predicts that result everywhere") {
  const fake::Space space(3, 4);
  SurrogateModel model = model_of(space);
  const auto points = sampled(space, 12);
  std::vector<Observation> known;
  for (std::size_t i = 0; i < 8; ++i) known.push_back({points[i], 0.5});
  model.update(known, {});
  CHECK(model.predict(points).mean.cwiseAbs().maxCoeff() == 0);
}
