/// The kernel of decisions: exp of minus a weighted Hamming distance.
///
///     k(a, b) = s * exp(-sum over decisions i of r_i * [a_i != b_i])
///
/// as in SMAC (Hutter, Hoos, Leyton-Brown 2011, "Sequential Model-Based Optimization for General
/// Algorithm Configuration", section 4.2); with equal rates r it is the squared exponential of the
/// one-hot encodings. Of an ordered decision with m options, |a_i - b_i| / (m - 1) takes the place
/// of the mismatch, which is a kernel too (Laplace's). Parameters: log s, then log r_i.
#pragma once

#include "core/search/search_space.hpp"
#include "plugins/strategies/bayesian/kernel.hpp"

namespace nas {

class CategoricalKernel final : public Kernel {
 public:
  explicit CategoricalKernel(const std::vector<Decision>& decisions);

  void push(const Genotype& point) override;
  void truncate(std::size_t count) override;
  std::size_t size() const override { return size_; }

  bool is_semidefinite() const override { return true; }
  std::vector<ParameterRange> parameters() const override;
  double variance(const Eigen::VectorXd& parameters) const override;
  Eigen::MatrixXd covariance(std::span<const std::size_t> points,
                             const Eigen::VectorXd& parameters) const override;
  Eigen::MatrixXd cross_covariance(std::size_t begin, std::span<const Genotype> others,
                                   const Eigen::VectorXd& parameters) override;
  Eigen::VectorXd weighted_gradient(std::span<const std::size_t> points,
                                    const Eigen::VectorXd& parameters,
                                    const Eigen::MatrixXd& covariance,
                                    const Eigen::MatrixXd& weights) const override;

 private:
  /// 0 where the answers are equal, at most 1.
  double mismatch(std::size_t decision, int a, int b) const;
  /// By decision and answer, what the other answer adds to minus the exponent.
  using Penalties = std::vector<std::vector<double>>;
  Penalties penalties(const Genotype& point, const Eigen::VectorXd& parameters) const;
  /// Adds to minus the exponents of the training points from `begin` on what decision `i` says.
  void add_penalties(std::size_t i, std::size_t begin, const std::vector<double>& by_answer,
                     double* exponents) const;

  struct Form {
    std::size_t options;
    bool ordered;
  };
  std::vector<Form> forms_;
  std::vector<std::vector<int>> answers_;  ///< by decision, then by training point
  std::size_t size_ = 0;
};

}  // namespace nas
