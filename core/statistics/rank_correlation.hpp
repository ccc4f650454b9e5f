/// How well one quantity orders what another one measures.
#pragma once

#include <span>
#include <vector>

namespace nas {

/// The rank of each value, 1 for the least; equal values share the mean of their ranks. Throws
/// Error(data) where one is NaN; infinities are ordered as usual.
std::vector<double> ranks(std::span<const double> values);

/// Spearman's rank correlation, -1 … 1: Pearson's correlation of the ranks. NaN where all values of
/// one are equal. Throws Error(data) where there are not as many of the one as of the other, fewer
/// than two, or one is NaN.
double spearman(std::span<const double> a, std::span<const double> b);

/// Spearman's correlation of `a` and `b` with the effect of `given` removed from both, by the
/// first-order formula (r_ab - r_ag r_bg) / sqrt((1 - r_ag^2)(1 - r_bg^2)) on rank correlations.
/// NaN where `given` alone determines the ranks of one of them, or where one is constant.
double partial_spearman(std::span<const double> a, std::span<const double> b,
                        std::span<const double> given);

}  // namespace nas
