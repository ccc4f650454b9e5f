/// A kernel density over categorical decisions, as BOHB models configurations (Falkner, Klein,
/// Hutter 2018, arXiv 1807.01774).
///
/// Aitchison and Aitken's kernel for each decision: 1 - h where answers agree, h / (options - 1)
/// where they do not; their product, and the mean over the points. The bandwidth h of a decision is
/// that of the published code, statsmodels' normal reference over the numbers of the answers, 1.06
/// * deviation * points^(-1 / (4 + decisions)), at least `min_bandwidth`.
///
/// Deviations: a bandwidth is at most (options - 1) / options, where the kernel is uniform; the
/// code lets it grow until a probability is negative. The kernel knows all options of a decision,
/// the code those among the points. Decisions with one option do not count.
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/random.hpp"
#include "core/search/search_space.hpp"

namespace nas::bohb {

class Density {
 public:
  /// Of `points`, at least one, valid in `space`, which must have decisions.
  Density(const SearchSpace& space, std::vector<Genotype> points, double min_bandwidth);

  /// Probability of this genotype, inactive decisions included.
  double at(const Genotype& genotype) const;
  /// One of the points, with each answer redrawn, uniformly among what is open, with `factor` times
  /// its bandwidth as probability, or because it is not open after the answers before it.
  Genotype draw(double factor, Random& random) const;

  double bandwidth(std::size_t decision) const { return bandwidths_[decision]; }

 private:
  const SearchSpace& space_;
  std::vector<Genotype> points_;
  std::vector<double> bandwidths_;  ///< by decision; 0 with one option
};

/// Decisions that have a choice.
std::size_t choices(const SearchSpace& space);

}  // namespace nas::bohb
