/// Regression with a Gaussian process, one observation after another.
///
/// Holds the lower Cholesky factor of covariance plus noise. A new observation adds a row, in
/// O(n^2). The factor does not depend on the targets, so that points whose result is still awaited
/// can stand behind the observed ones: they narrow the variance around them and leave the mean as
/// it is, as if the mean had been observed there (hallucination; Desautels, Krause, Burdick 2014).
///
/// Rasmussen, Williams 2006, "Gaussian Processes for Machine Learning", algorithm 2.1.
#pragma once

#include <Eigen/Core>

namespace nas {

struct Projection {
  Eigen::MatrixXd matrix;
  double smallest_eigenvalue;  ///< before
};
/// The nearest positive semi-definite matrix: negative eigenvalues become 0.
Projection projected_on_semidefinite(const Eigen::MatrixXd& symmetric);

/// Values at several points.
struct Prediction {
  Eigen::VectorXd mean;
  Eigen::VectorXd variance;  ///< without noise, never negative
};

class GaussianProcess {
 public:
  /// Starts again with the points of an n x n `covariance`, to which it adds `noise`, a variance.
  /// False, and without points, where the sum is not positive definite.
  bool fit(const Eigen::MatrixXd& covariance, double noise);
  /// One more point: its covariance with the others, and with itself. False, and unchanged, where
  /// that would not be positive definite.
  bool append(const Eigen::VectorXd& covariance, double variance);
  /// The same of `whitened(covariance)`, for who has it.
  bool append_whitened(const Eigen::VectorXd& row, double variance);
  void truncate(Eigen::Index count) { size_ = count; }
  Eigen::Index size() const { return size_; }
  double noise() const { return noise_; }

  /// Solves for columns: L X = B.
  void solve_lower(Eigen::MatrixXd& columns) const;
  /// L z = y for the first points. Of targets, it is passed to `predict`.
  Eigen::VectorXd whitened(const Eigen::VectorXd& targets) const;
  /// `cross` has the covariance of every point (row) with others (columns), which have `variance`.
  /// `whitened` is that of the observed points, the first ones.
  Prediction predict(Eigen::MatrixXd cross, double variance, const Eigen::VectorXd& whitened) const;
  /// The lower triangle of it is L.
  auto factor() const { return factor_.topLeftCorner(size_, size_); }

 private:
  void reserve(Eigen::Index count);

  Eigen::MatrixXd factor_;  ///< of at least `size_` rows and columns
  Eigen::Index size_ = 0;
  double noise_ = 0;
};

}  // namespace nas
