#include "plugins/strategies/bayesian/gaussian_process.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

namespace nas {

Projection projected_on_semidefinite(const Eigen::MatrixXd& symmetric) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(symmetric);
  const Eigen::VectorXd& values = solver.eigenvalues();
  const Eigen::MatrixXd& vectors = solver.eigenvectors();
  const double smallest = values.size() > 0 ? values[0] : 0;
  if (smallest >= 0) return {symmetric, smallest};
  return {vectors * values.cwiseMax(0).asDiagonal() * vectors.transpose(), smallest};
}

bool GaussianProcess::fit(const Eigen::MatrixXd& covariance, double noise) {
  const Eigen::Index count = covariance.rows();
  noise_ = noise;
  size_ = 0;
  reserve(count);
  factor_.topLeftCorner(count, count) = covariance;
  factor_.topLeftCorner(count, count).diagonal().array() += noise;
  Eigen::Ref<Eigen::MatrixXd> block = factor_.topLeftCorner(count, count);
  const Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> cholesky(block);
  if (cholesky.info() != Eigen::Success) return false;
  size_ = count;
  return true;
}

bool GaussianProcess::append(const Eigen::VectorXd& covariance, double variance) {
  return append_whitened(whitened(covariance), variance);
}

bool GaussianProcess::append_whitened(const Eigen::VectorXd& row, double variance) {
  reserve(size_ + 1);
  const double pivot = variance + noise_ - row.squaredNorm();
  if (!(pivot > 0)) return false;
  factor_.row(size_).head(size_) = row;
  factor_(size_, size_) = std::sqrt(pivot);
  ++size_;
  return true;
}

void GaussianProcess::reserve(Eigen::Index count) {
  if (factor_.rows() >= count) return;
  const Eigen::Index capacity = std::max(count, 2 * factor_.rows());
  factor_.conservativeResize(capacity, capacity);
}

void GaussianProcess::solve_lower(Eigen::MatrixXd& columns) const {
  const Eigen::Index rows = columns.rows();
  factor_.topLeftCorner(rows, rows).triangularView<Eigen::Lower>().solveInPlace(columns);
}

Eigen::VectorXd GaussianProcess::whitened(const Eigen::VectorXd& targets) const {
  Eigen::MatrixXd column = targets;
  solve_lower(column);
  return column;
}

Prediction GaussianProcess::predict(Eigen::MatrixXd cross, double variance,
                                    const Eigen::VectorXd& whitened) const {
  solve_lower(cross);
  Prediction prediction;
  prediction.mean = cross.topRows(whitened.size()).transpose() * whitened;
  prediction.variance =
      (variance - cross.colwise().squaredNorm().array()).max(0.0).matrix().transpose();
  return prediction;
}

}  // namespace nas
