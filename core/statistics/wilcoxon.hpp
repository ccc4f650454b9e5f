/// Whether one of two measurements of the same subjects tends to be greater (Wilcoxon 1945).
#pragma once

#include <cstddef>
#include <span>

#include "core/statistics/alternative.hpp"

namespace nas {

struct SignedRanks {
  /// The sum of the ranks of the differences that are positive.
  double w_plus = 0;
  double p_value = 1;
  bool exact = true;
  /// Pairs in which the first is greater, as a share of all; a tie counts half.
  double superiority = 0.5;
};

/// Up to so many pairs, without ties and zeros, have an exact p-value: as in SciPy.
inline constexpr std::size_t exact_signed_rank_pairs = 50;

/// Of `a[i]` and `b[i]`, measured under the same circumstances. Differences of 0 are ranked with
/// the others and then left out (Pratt 1959), midranks stand for ties. Exact for few pairs without
/// either; otherwise by the normal distribution, its variance corrected for both (Cureton 1967),
/// without a correction for continuity: as SciPy's wilcoxon(zero_method='pratt') does. 1 where all
/// differences are 0. Throws Error(data) where there are no pairs, or not as many of `a` as of `b`,
/// or one is no finite number.
SignedRanks wilcoxon(std::span<const double> a, std::span<const double> b, Alternative alternative);

/// The least p-value that so many pairs can have: all differences positive.
double least_wilcoxon_p_value(std::size_t pairs, Alternative alternative);

}  // namespace nas
