#include "core/statistics/rank_correlation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {
namespace {

/// Below so much what is left of a variance is the rounding of correlations.
constexpr double vanishing = 1e-14;

double pearson(const std::vector<double>& a, const std::vector<double>& b) {
  const auto count = static_cast<double>(a.size());
  const double mean_a = std::accumulate(a.begin(), a.end(), 0.0) / count;
  const double mean_b = std::accumulate(b.begin(), b.end(), 0.0) / count;
  double products = 0, squares_a = 0, squares_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    products += (a[i] - mean_a) * (b[i] - mean_b);
    squares_a += (a[i] - mean_a) * (a[i] - mean_a);
    squares_b += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return products / std::sqrt(squares_a * squares_b);
}

}  // namespace

std::vector<double> ranks(std::span<const double> values) {
  if (std::ranges::any_of(values, [](double value) { return std::isnan(value); })) {
    throw Error(ErrorKind::data, "a rank of a value that is no number");
  }
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> result(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    const double rank = (static_cast<double>(begin + end) + 1) / 2;
    for (; begin < end; ++begin) result[order[begin]] = rank;
  }
  return result;
}

double spearman(std::span<const double> a, std::span<const double> b) {
  if (a.size() != b.size() || a.size() < 2) {
    throw Error(ErrorKind::data, fmt::format("a rank correlation needs as many values of the one "
                                             "as of the other, two at least; there are {} and {}",
                                             a.size(), b.size()));
  }
  return pearson(ranks(a), ranks(b));
}

double partial_spearman(std::span<const double> a, std::span<const double> b,
                        std::span<const double> given) {
  const double ab = spearman(a, b), ag = spearman(a, given), bg = spearman(b, given);
  const double left = (1 - ag * ag) * (1 - bg * bg);
  if (!(left > vanishing)) return std::numeric_limits<double>::quiet_NaN();
  return (ab - ag * bg) / std::sqrt(left);
}

}  // namespace nas
