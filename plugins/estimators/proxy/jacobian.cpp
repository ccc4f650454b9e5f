#include "plugins/estimators/proxy/jacobian.hpp"

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <limits>

namespace nas::proxy {

double jacob_cov(std::span<const float> values, std::int64_t rows) {
  constexpr double k = 1e-5;
  using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const Rows> given(values.data(), rows,
                                     static_cast<Eigen::Index>(values.size()) / rows);
  Eigen::MatrixXd centred = given.cast<double>();
  centred.colwise() -= centred.rowwise().mean().eval();
  const Eigen::VectorXd norms = centred.rowwise().norm();
  if (!(norms.minCoeff() > 0) || !norms.allFinite()) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  centred.array().colwise() /= norms.array();
  const Eigen::MatrixXd correlation = centred * centred.transpose();
  const Eigen::VectorXd eigenvalues =
      Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(correlation, Eigen::EigenvaluesOnly)
          .eigenvalues();
  return -((eigenvalues.array() + k).log() + (eigenvalues.array() + k).inverse()).sum();
}

}  // namespace nas::proxy
