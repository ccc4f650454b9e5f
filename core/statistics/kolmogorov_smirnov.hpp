/// Whether two samples come from one distribution (Kolmogorov and Smirnov).
#pragma once

#include <cstddef>
#include <span>

#include "core/statistics/distribution.hpp"

namespace nas {

/// The greatest distance between the two distribution functions, 0 … 1. With weights too.
double kolmogorov_smirnov_statistic(const Distribution& a, const Distribution& b);

struct KolmogorovSmirnov {
  double statistic = 0;
  double p_value = 1;
  bool exact = true;
};

/// Samples whose sizes have a product up to this have an exact p-value.
inline constexpr std::size_t exact_product = 1'000'000;

/// The two-sided test of two samples without weights. The p-value is the probability of so great a
/// statistic, or a greater one, where both are of one continuous distribution: exact, by counting
/// lattice paths (Hodges 1958), where the sizes have a product up to `exact_product`; beyond that
/// by Kolmogorov's limit distribution. With ties it is too large rather than too small. Throws
/// Error(data) where a sample is empty or holds what is no finite number.
KolmogorovSmirnov kolmogorov_smirnov(std::span<const double> a, std::span<const double> b);

/// The exact probability of a statistic of `distance` / (n · m) or more.
double exact_p_value(std::size_t distance, std::size_t n, std::size_t m);
/// The probability of `statistic` or more in the limit of large samples.
double asymptotic_p_value(double statistic, std::size_t n, std::size_t m);

}  // namespace nas
