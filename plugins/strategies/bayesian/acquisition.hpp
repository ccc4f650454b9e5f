/// What a prediction is worth to a search, and how the best point is found.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/base/random.hpp"
#include "core/search/search_space.hpp"
#include "plugins/strategies/bayesian/gaussian_process.hpp"

namespace nas {

/// E[max(0, f - best)] (Mockus 1975; Jones, Schonlau, Welch 1998).
double expected_improvement(double mean, double variance, double best);
/// The factor of the standard deviation in an upper confidence bound after `trials`:
/// sqrt(d log(2 d t + 1) / 2), as NASBOT has it.
double confidence_factor(double dimension, double trials);

/// The value of each of `points`; more is better.
using Acquisition = std::function<Eigen::VectorXd(std::span<const Genotype> points)>;
/// Whether a point may be the answer.
using Eligible = std::function<bool(const Genotype&)>;

/// The evolutionary search that NASBOT maximises its acquisition with (Kandasamy et al. 2018): in
/// every epoch parents are drawn, with replacement, in proportion to exp of their standardised
/// value, and changed by one to five mutations, with probabilities 0.5, 0.25, 0.125, 0.075, 0.05.
///
/// Deviation: a point that comes up again takes no evaluation, but counts.
struct AcquisitionSearch {
  const SearchSpace& space;
  std::size_t evaluations;
  std::size_t mutations;  ///< in an epoch

  /// The best eligible point found from `pool`, which must not be empty; nothing where none is
  /// eligible. Ties go to the lower genotype.
  std::optional<Genotype> maximise(std::span<const Genotype> pool, const Acquisition& acquisition,
                                   const Eligible& eligible, Random& random) const;
};

/// The published numbers after `trials`: 25 sqrt(t) evaluations, between 50 and 500, and 3 sqrt(n)
/// mutations in an epoch, between 5 and 100, where n is the number of evaluations.
///
/// Deviation: the evaluations times the square of the trials stay below 1.5e8, from 548 trials on,
/// since each takes O(t^2); at least 20.
AcquisitionSearch published_acquisition_search(const SearchSpace& space, std::size_t trials);

/// The best of all eligible candidates.
std::optional<Genotype> best_eligible(std::span<const Genotype> candidates,
                                      const Eigen::VectorXd& values, const Eligible& eligible);

}  // namespace nas
