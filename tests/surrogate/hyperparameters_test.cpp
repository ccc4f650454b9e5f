#include "plugins/strategies/bayesian/hyperparameters.hpp"

#include <cmath>

#include <catch2/catch.hpp>

#include "plugins/strategies/bayesian/categorical_kernel.hpp"
#include "tests/surrogate/points.hpp"

using namespace nas;
using namespace nas::test;

namespace {

const ParameterRange noise_range = {std::log(1e-4), std::log(0.2), std::log(0.01)};

}  // namespace

TEST_CASE("the gradient of the marginal likelihood agrees with finite differences") {
  const fake::Space space(4, 4, true);
  CategoricalKernel kernel(space.decisions());
  const auto points = sampled(space, 25);
  Eigen::VectorXd targets(25);
  for (std::size_t i = 0; i < points.size(); ++i) {
    kernel.push(points[i]);
    targets[static_cast<Eigen::Index>(i)] = std::sin(static_cast<double>(i));
  }
  Eigen::VectorXd at(6);
  at << 0.2, -0.5, -1, 0.1, 0.4, -2;  // the last one is the noise
  const auto likelihood = [&](const Eigen::VectorXd& values) {
    return marginal_likelihood(kernel, numbers(25), targets, {values.head(5), values[5]});
  };
  const Eigen::VectorXd gradient = likelihood(at).gradient;
  constexpr double step = 1e-5;
  constexpr double tolerance = 1e-6;  // of central differences: step^2, and rounding / step
  for (Eigen::Index i = 0; i < at.size(); ++i) {
    Eigen::VectorXd above = at, below = at;
    above[i] += step;
    below[i] -= step;
    const double slope = (likelihood(above).value - likelihood(below).value) / (2 * step);
    CHECK(std::abs(slope - gradient[i]) < tolerance);
  }
}

TEST_CASE("the marginal likelihood of one observation is a normal density") {
  const fake::Space space(1, 4);
  CategoricalKernel kernel(space.decisions());
  kernel.push({{2}});
  const Eigen::VectorXd target = Eigen::VectorXd::Constant(1, 0.7);
  const Eigen::Vector2d at(std::log(1.5), 0.3);
  // Variance 1.5 + 0.5.
  const double expected = -0.5 * (0.49 / 2 + std::log(2.0) + std::log(2 * M_PI));
  const Likelihood got = marginal_likelihood(kernel, numbers(1), target, {at, std::log(0.5)});
  CHECK(std::abs(got.value - expected) < 1e-14);
}

TEST_CASE("a fit tells decisions that matter from those that do not") {
  const fake::Space space(3, 4);
  CategoricalKernel kernel(space.decisions());
  const auto points = sampled(space, 60);
  Eigen::VectorXd targets(60);
  for (std::size_t i = 0; i < points.size(); ++i) {
    kernel.push(points[i]);
    targets[static_cast<Eigen::Index>(i)] = points[i].answers[1] - 1.5;
  }
  const Hyperparameters start = initial_hyperparameters(kernel, noise_range);
  const Hyperparameters best = fitted(kernel, numbers(60), targets, noise_range, start);
  CHECK(best.kernel[2] > best.kernel[1] + 2);  // rates, as logarithms: more than seven times
  CHECK(best.kernel[2] > best.kernel[3] + 2);
  CHECK(best.log_noise < start.log_noise);
}

TEST_CASE("a fit stays within its bounds and repeats") {
  const fake::Space space(3, 4);
  CategoricalKernel kernel(space.decisions());
  const auto points = sampled(space, 30);
  Random random(5);
  Eigen::VectorXd targets(30);
  for (std::size_t i = 0; i < points.size(); ++i) {
    kernel.push(points[i]);
    targets[static_cast<Eigen::Index>(i)] = random.normal();  // noise alone
  }
  const Hyperparameters start = initial_hyperparameters(kernel, noise_range);
  const Hyperparameters best = fitted(kernel, numbers(30), targets, noise_range, start);
  const auto ranges = kernel.parameters();
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    CHECK(best.kernel[static_cast<Eigen::Index>(i)] >= ranges[i].low);
    CHECK(best.kernel[static_cast<Eigen::Index>(i)] <= ranges[i].high);
  }
  CHECK(best.log_noise <= noise_range.high);
  const Hyperparameters again = fitted(kernel, numbers(30), targets, noise_range, start);
  CHECK(again.kernel == best.kernel);
  CHECK(again.log_noise == best.log_noise);
}
