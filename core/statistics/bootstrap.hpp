/// How sure a statistic is, by drawing from the sample again (Efron 1979).
#pragma once

#include <span>
#include <vector>

#include "core/base/random.hpp"

namespace nas {

/// The means of `repeats` samples, each as large as `values` and drawn from them with replacement.
/// Throws Error(data) where there is no value.
std::vector<double> resampled_means(std::span<const double> values, int repeats, Random& random);

struct Interval {
  double low = 0;
  double high = 0;
};

/// The percentile interval: the middle `level` (0 … 1) of a statistic over resamples. Of a
/// difference between two samples that were drawn apart, the resamples of each are drawn apart too
/// (Efron and Tibshirani 1993, ch. 13; what Agarwal et al. 2021 recommend for few runs). With fewer
/// than ten values it is too narrow: it cannot reach beyond what was seen.
Interval percentile_interval(std::span<const double> statistics, double level);

}  // namespace nas
