#include "core/statistics/bootstrap.hpp"

#include "core/base/error.hpp"
#include "core/statistics/sample.hpp"

namespace nas {

std::vector<double> resampled_means(std::span<const double> values, int repeats, Random& random) {
  if (values.empty()) throw Error(ErrorKind::data, "a bootstrap of no value");
  std::vector<double> means;
  means.reserve(static_cast<std::size_t>(repeats));
  for (int repeat = 0; repeat < repeats; ++repeat) {
    double sum = 0;
    for (std::size_t draw = 0; draw < values.size(); ++draw) {
      sum += values[random.below(values.size())];
    }
    means.push_back(sum / static_cast<double>(values.size()));
  }
  return means;
}

Interval percentile_interval(std::span<const double> statistics, double level) {
  const double outside = (1 - level) / 2;
  return {sample_quantile(statistics, outside), sample_quantile(statistics, 1 - outside)};
}

}  // namespace nas
