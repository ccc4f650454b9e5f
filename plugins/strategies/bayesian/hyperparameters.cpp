#include "plugins/strategies/bayesian/hyperparameters.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "plugins/strategies/bayesian/gaussian_process.hpp"

namespace nas {
namespace {

constexpr int steps = 30;

// Rprop's published constants (Riedmiller, Braun 1993); steps are of logarithms.
constexpr double growth = 1.2;
constexpr double shrinkage = 0.5;
constexpr double first_step = 0.1;
constexpr double smallest_step = 1e-6;
constexpr double largest_step = 1;

struct Search {
  const Kernel& kernel;
  std::span<const std::size_t> points;
  const Eigen::VectorXd& targets;
  std::vector<ParameterRange> ranges;  ///< of the kernel's parameters, then of the noise
};

Hyperparameters unpacked(const Eigen::VectorXd& values) {
  return {values.head(values.size() - 1), values[values.size() - 1]};
}

Eigen::VectorXd packed(const Hyperparameters& parameters) {
  Eigen::VectorXd values(parameters.kernel.size() + 1);
  values << parameters.kernel, parameters.log_noise;
  return values;
}

struct Point {
  double likelihood = -std::numeric_limits<double>::infinity();
  Eigen::VectorXd values;
};

/// Climbs from `values`, and leaves the best point on the way in `best`.
void climb(const Search& search, Eigen::VectorXd values, Point& best) {
  Eigen::VectorXd step = Eigen::VectorXd::Constant(values.size(), first_step);
  Eigen::VectorXd previous = Eigen::VectorXd::Zero(values.size());
  for (int i = 0; i < steps; ++i) {
    Likelihood here =
        marginal_likelihood(search.kernel, search.points, search.targets, unpacked(values));
    if (here.value > best.likelihood) best = {here.value, values};
    for (Eigen::Index p = 0; p < values.size(); ++p) {
      const double turn = here.gradient[p] * previous[p];
      if (turn > 0) step[p] = std::min(step[p] * growth, largest_step);
      if (turn < 0) {
        step[p] = std::max(step[p] * shrinkage, smallest_step);
        here.gradient[p] = 0;  // wait where it has overshot
      }
      const ParameterRange& range = search.ranges[static_cast<std::size_t>(p)];
      const double sign = here.gradient[p] > 0 ? 1 : here.gradient[p] < 0 ? -1 : 0;
      values[p] = std::clamp(values[p] + sign * step[p], range.low, range.high);
    }
    previous = here.gradient;
  }
}

}  // namespace

Likelihood marginal_likelihood(const Kernel& kernel, std::span<const std::size_t> points,
                               const Eigen::VectorXd& targets, const Hyperparameters& at) {
  const Eigen::MatrixXd covariance = kernel.covariance(points, at.kernel);
  const double noise = std::exp(at.log_noise);
  const auto noisy = [noise](Eigen::MatrixXd matrix) {
    matrix.diagonal().array() += noise;
    return matrix;
  };
  Likelihood result{0, Eigen::VectorXd::Zero(at.kernel.size() + 1), 0};
  Eigen::LLT<Eigen::MatrixXd> cholesky(noisy(covariance));
  if (cholesky.info() != Eigen::Success) {
    const Projection projection = projected_on_semidefinite(covariance);
    result.smallest_eigenvalue = projection.smallest_eigenvalue;
    cholesky.compute(noisy(projection.matrix));
  }
  const Eigen::Index count = targets.size();
  const Eigen::VectorXd alpha = cholesky.solve(targets);
  const double log_determinant = 2 * cholesky.matrixLLT().diagonal().array().log().sum();
  result.value = -0.5 * (targets.dot(alpha) + log_determinant +
                         static_cast<double>(count) * std::log(2 * std::numbers::pi));
  Eigen::MatrixXd weights = cholesky.solve(Eigen::MatrixXd::Identity(count, count));
  weights = 0.5 * (alpha * alpha.transpose() - weights);
  result.gradient.head(at.kernel.size()) =
      kernel.weighted_gradient(points, at.kernel, covariance, weights);
  result.gradient[at.kernel.size()] = noise * weights.trace();
  return result;
}

Hyperparameters initial_hyperparameters(const Kernel& kernel, const ParameterRange& log_noise) {
  const std::vector<ParameterRange> ranges = kernel.parameters();
  Hyperparameters start{Eigen::VectorXd(static_cast<Eigen::Index>(ranges.size())), log_noise.start};
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    start.kernel[static_cast<Eigen::Index>(i)] = ranges[i].start;
  }
  return start;
}

Hyperparameters fitted(const Kernel& kernel, std::span<const std::size_t> points,
                       const Eigen::VectorXd& targets, const ParameterRange& log_noise,
                       const Hyperparameters& from) {
  Search search{kernel, points, targets, kernel.parameters()};
  search.ranges.push_back(log_noise);
  const Hyperparameters start = initial_hyperparameters(kernel, log_noise);
  Point best{-std::numeric_limits<double>::infinity(), packed(start)};
  climb(search, packed(start), best);
  if (packed(from) != packed(start)) climb(search, packed(from), best);
  return unpacked(best.values);
}

}  // namespace nas
