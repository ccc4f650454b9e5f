#include "plugins/strategies/bayesian/candidate_grid.hpp"

#include <algorithm>

namespace nas {

Prediction CandidateGrid::predict(SurrogateModel& model) {
  const auto numbers = model.row_numbers();
  const auto same = std::ranges::mismatch(row_numbers_, numbers).in1 - row_numbers_.begin();
  const auto count = static_cast<Eigen::Index>(numbers.size());
  const auto columns = static_cast<Eigen::Index>(candidates_.size());
  if (solved_.rows() < count) solved_.conservativeResize(2 * count, columns);
  if (const Eigen::Index fresh = count - same; fresh > 0) {
    const auto factor = model.process().factor();
    auto rows = solved_.middleRows(same, fresh);
    rows = model.cross_covariance(static_cast<std::size_t>(same), candidates_);
    rows.noalias() -= factor.block(same, 0, fresh, same) * solved_.topRows(same);
    factor.bottomRightCorner(fresh, fresh).triangularView<Eigen::Lower>().solveInPlace(rows);
  }
  row_numbers_.assign(numbers.begin(), numbers.end());

  Prediction prediction;
  prediction.mean = solved_.topRows(model.whitened().size()).transpose() * model.whitened();
  prediction.variance =
      (model.prior_variance() - solved_.topRows(count).colwise().squaredNorm().array())
          .max(0.0)
          .matrix()
          .transpose();
  return prediction;
}

}  // namespace nas
