/// Whether one sample tends to have greater values than another (Mann and Whitney 1947).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/statistics/alternative.hpp"

namespace nas {

struct MannWhitney {
  /// Pairs of a value of the first and one of the second sample in which the first is greater; a
  /// tie counts half.
  double u = 0;
  double p_value = 1;
  bool exact = true;

  /// U as a share of all pairs: the probability that a value of the first sample is greater than
  /// one of the second, the measure of effect A of Vargha and Delaney (2000).
  double superiority = 0.5;
};

/// Samples that are both smaller than this, and without ties, have an exact p-value: as in R.
inline constexpr std::size_t exact_rank_test_size = 50;

/// The one-sided test: the p-value is the probability of so great a U, or a greater one, where both
/// samples come from one distribution. Small against `a` being no better than `b`. Exact for small
/// samples without ties; otherwise by the normal distribution, with midranks, the variance
/// corrected for ties and half a pair for continuity (as R's wilcox.test and SciPy's mannwhitneyu
/// do). 1 where all values are the same. Throws Error(data) where a sample is empty or holds what
/// is no number.
MannWhitney mann_whitney_greater(std::span<const double> a, std::span<const double> b);
/// Likewise two-sided: twice the smaller of both one-sided p-values, at most 1. U and the
/// superiority are those of `a`.
MannWhitney mann_whitney_two_sided(std::span<const double> a, std::span<const double> b);

/// The least p-value that samples of these sizes can have without ties: all of one sample above all
/// of the other, which is one order of the many.
double least_mann_whitney_p_value(std::size_t a, std::size_t b, Alternative alternative);

/// P-values of tests that belong together, in their order, corrected so that the probability of any
/// false rejection stays under the level (Holm 1979): the i-th smallest of m, counted from 1, times
/// m - i + 1, at least the ones before it, at most 1.
std::vector<double> holm(std::span<const double> p_values);

}  // namespace nas
