/// What Bayesian optimisation believes of a space: a Gaussian process over what has been measured.
///
/// Targets are standardised; everything it predicts is in these units, more is better. Points whose
/// result is awaited are hallucinated. Parameters of the kernel are fitted again, to at most
/// `fit_points` of the observations, whenever there are 7 more (Kandasamy et al. 2018) or a tenth
/// more: with many observations that costs O(n^3) in one of n / 10 asks, and O(n^2) in the others.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "plugins/strategies/bayesian/gaussian_process.hpp"
#include "plugins/strategies/bayesian/hyperparameters.hpp"
#include "plugins/strategies/bayesian/kernel.hpp"

namespace nas {

struct Observation {
  Genotype genotype;
  double value;  ///< more is better
};

struct ModelSettings {
  std::size_t fit_points = 250;
  ParameterRange log_noise = {};  ///< in variances of the target
};

class SurrogateModel {
 public:
  SurrogateModel(std::unique_ptr<Kernel> kernel, const ModelSettings& settings)
      : kernel_(std::move(kernel)), settings_(settings) {}

  /// `observations` are what the last call had and perhaps more; at least one.
  void update(std::span<const Observation> observations, std::span<const Genotype> awaited);

  /// Of the function without noise.
  Prediction predict(std::span<const Genotype> points);
  /// The highest standardised target.
  double best() const { return targets_.maxCoeff(); }

  /// A sample of the function, which is drawn as it is asked for: values at the same point agree.
  /// `normal` gives independent standard normal numbers. It ends with `forget_sample`.
  Eigen::VectorXd sample(std::span<const Genotype> points, const std::function<double()>& normal);
  void forget_sample();

  /// Called where the kernel may not be positive semi-definite, after a fit and whenever a point
  /// could not be added: with the smallest eigenvalue of the covariance of all points, observed or
  /// awaited, before projection.
  std::function<void(double smallest_eigenvalue, std::size_t points)> on_fit;

  /// For those who keep predictions up to date row by row: rows have the same number as long as
  /// they are the same.
  std::span<const std::uint64_t> row_numbers() const { return row_numbers_; }
  const GaussianProcess& process() const { return process_; }
  Eigen::MatrixXd cross_covariance(std::size_t begin, std::span<const Genotype> points) {
    return kernel_->cross_covariance(begin, points, parameters_.kernel);
  }
  double prior_variance() const { return kernel_->variance(parameters_.kernel); }
  const Eigen::VectorXd& whitened() const { return whitened_; }

 private:
  void standardise(std::span<const Observation> observations);
  void fit();
  void factorise();
  void place(const Genotype& point);
  void append_row(const Genotype& point);
  void truncate(std::size_t rows);

  std::unique_ptr<Kernel> kernel_;
  ModelSettings settings_;
  Hyperparameters parameters_;
  GaussianProcess process_;
  std::vector<Genotype> rows_;  ///< observed, then awaited
  std::vector<std::uint64_t> row_numbers_;
  std::uint64_t next_row_number_ = 0;
  std::size_t fitted_to_ = 0;
  Eigen::VectorXd targets_;   ///< standardised
  Eigen::VectorXd whitened_;  ///< of the targets; behind them, of a sample
};

}  // namespace nas
