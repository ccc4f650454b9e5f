#include "core/statistics/sample.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "core/base/error.hpp"

namespace nas {
namespace {

void check_not_empty(std::span<const double> values) {
  if (values.empty()) throw Error(ErrorKind::data, "a sample without a value");
}

}  // namespace

double sample_mean(std::span<const double> values) {
  check_not_empty(values);
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double sample_deviation(std::span<const double> values) {
  const double mean = sample_mean(values);
  if (values.size() == 1) return 0;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

double sample_median(std::span<const double> values) { return sample_quantile(values, 0.5); }

double sample_quantile(std::span<const double> values, double p) {
  check_not_empty(values);
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const double share = place - static_cast<double>(below);
  // Not a sum of both where one is enough: infinity times 0 is no number.
  if (share == 0 || sorted[below] == sorted[below + 1]) return sorted[below];
  return sorted[below] + share * (sorted[below + 1] - sorted[below]);
}

}  // namespace nas
