/// Predictions for a fixed list of candidates, kept up to date from one observation to the next.
///
/// Of every candidate it keeps the solution of L v = k, which a new observation makes longer by one
/// number: O(n) a candidate, where predicting anew takes O(n^2).
#pragma once

#include <cstdint>
#include <vector>

#include "plugins/strategies/bayesian/model.hpp"

namespace nas {

class CandidateGrid {
 public:
  explicit CandidateGrid(std::vector<Genotype> candidates) : candidates_(std::move(candidates)) {}

  const std::vector<Genotype>& candidates() const { return candidates_; }
  Prediction predict(SurrogateModel& model);

 private:
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

  std::vector<Genotype> candidates_;
  Rows solved_;                             ///< a row for each point of the model
  std::vector<std::uint64_t> row_numbers_;  ///< of the model's rows that these belong to
};

}  // namespace nas
