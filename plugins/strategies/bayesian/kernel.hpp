/// How alike points of a search space are, for a Gaussian process.
///
/// A kernel keeps the training points, one after another, and what it needs to know of them, such
/// as distances; a parameter is the logarithm of a positive number between bounds. Matrices have a
/// row for each training point. Not safe for use from several threads at once.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>
#include <vector>

#include "core/search/genotype.hpp"

namespace nas {

/// Of the logarithm of a parameter.
struct ParameterRange {
  double low;
  double high;
  double start;
};

class Kernel {
 public:
  virtual ~Kernel() = default;

  virtual void push(const Genotype& point) = 0;
  /// Forgets the training points from number `count` on.
  virtual void truncate(std::size_t count) = 0;
  virtual std::size_t size() const = 0;

  /// Whether every covariance matrix is positive semi-definite, whatever the points.
  virtual bool is_semidefinite() const = 0;
  /// For a target of variance 1.
  virtual std::vector<ParameterRange> parameters() const = 0;
  /// Of a point with itself.
  virtual double variance(const Eigen::VectorXd& parameters) const = 0;
  /// Between the training points with these numbers.
  virtual Eigen::MatrixXd covariance(std::span<const std::size_t> points,
                                     const Eigen::VectorXd& parameters) const = 0;
  /// Between the training points from number `begin` on, a row each, and others, a column each.
  virtual Eigen::MatrixXd cross_covariance(std::size_t begin, std::span<const Genotype> others,
                                           const Eigen::VectorXd& parameters) = 0;
  /// The sum of `weights`(i, j) times the derivative of covariance (i, j) by each parameter.
  /// `covariance` is that of `points`.
  virtual Eigen::VectorXd weighted_gradient(std::span<const std::size_t> points,
                                            const Eigen::VectorXd& parameters,
                                            const Eigen::MatrixXd& covariance,
                                            const Eigen::MatrixXd& weights) const = 0;
};

}  // namespace nas
