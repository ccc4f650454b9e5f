/// What describes one sample of numbers.
#pragma once

#include <span>

namespace nas {

/// All throw Error(data) where there is no value.
double sample_mean(std::span<const double> values);
/// The square root of the unbiased variance (n - 1 below the line); 0 of one value.
double sample_deviation(std::span<const double> values);
/// The mean of the middle two of an even number. Infinite values count as such.
double sample_median(std::span<const double> values);
/// The value below which a share of `p` (0 … 1) lies, by a straight line between the two nearest:
/// definition 7 of Hyndman and Fan (1996), which R, NumPy and SciPy take unless told otherwise.
double sample_quantile(std::span<const double> values, double p);

}  // namespace nas
