#include "core/statistics/wilcoxon.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <boost/math/distributions/normal.hpp>
#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {
namespace {

std::vector<double> differences_of(std::span<const double> a, std::span<const double> b) {
  if (a.empty() || a.size() != b.size()) {
    throw Error(ErrorKind::data,
                fmt::format("a test of pairs of {} and {} values", a.size(), b.size()));
  }
  std::vector<double> differences;
  for (std::size_t i = 0; i < a.size(); ++i) {
    differences.push_back(a[i] - b[i]);
    if (!std::isfinite(differences.back())) {
      throw Error(ErrorKind::data,
                  fmt::format("a test of pairs, one of them {} and {}", a[i], b[i]));
    }
  }
  return differences;
}

struct RankedDifferences {
  double positive = 0;    ///< sum of the midranks of positive differences
  std::size_t zeros = 0;  ///< differences of 0, which have the lowest ranks
  double tie_cubes = 0;   ///< sum of t^3 - t over groups of t equal absolute differences, not 0
};

RankedDifferences ranked(std::vector<double> differences) {
  std::ranges::sort(differences, {}, [](double value) { return std::abs(value); });
  RankedDifferences result;
  for (std::size_t begin = 0; begin < differences.size();) {
    const double size = std::abs(differences[begin]);
    std::size_t end = begin;
    double positive = 0;
    for (; end < differences.size() && std::abs(differences[end]) == size; ++end) {
      positive += differences[end] > 0 ? 1 : 0;
    }
    const auto count = static_cast<double>(end - begin);
    if (size == 0) {
      result.zeros = end - begin;
    } else {
      result.positive += positive * (static_cast<double>(begin + end) + 1) / 2;
      result.tie_cubes += count * count * count - count;
    }
    begin = end;
  }
  return result;
}

/// The probability of W+ >= w where every rank 1 … n is positive or not with equal probability, by
/// adding one rank after the other.
double exact_tail(std::size_t w, std::size_t n) {
  std::vector<double> of_sum(n * (n + 1) / 2 + 1, 0);
  of_sum[0] = 1;
  for (std::size_t rank = 1; rank <= n; ++rank) {
    for (std::size_t sum = rank * (rank + 1) / 2 + 1; sum-- > 0;) {
      of_sum[sum] = (of_sum[sum] + (sum >= rank ? of_sum[sum - rank] : 0)) / 2;
    }
  }
  // From the least likely sums on, so that they are not lost beside the others.
  return std::accumulate(of_sum.rbegin(), of_sum.rend() - static_cast<std::ptrdiff_t>(w), 0.0);
}

double exact_signed_rank_p_value(double w_plus, std::size_t n, Alternative alternative) {
  const auto w = static_cast<std::size_t>(w_plus);
  if (alternative == Alternative::greater) return std::min(1.0, exact_tail(w, n));
  const std::size_t farther = std::max(w, n * (n + 1) / 2 - w);
  return std::min(1.0, 2 * exact_tail(farther, n));
}

double normal_signed_rank_p_value(const RankedDifferences& ranks, std::size_t size,
                                  Alternative alternative) {
  const auto n = static_cast<double>(size);
  const auto zeros = static_cast<double>(ranks.zeros);
  const double mean = (n * (n + 1) - zeros * (zeros + 1)) / 4;
  const double variance =
      (n * (n + 1) * (2 * n + 1) - zeros * (zeros + 1) * (2 * zeros + 1) - ranks.tie_cubes / 2) /
      24;
  if (variance <= 0) return 1;
  const double z = (ranks.positive - mean) / std::sqrt(variance);
  const auto above = [](double deviations) {
    return boost::math::cdf(boost::math::complement(boost::math::normal(), deviations));
  };
  return alternative == Alternative::greater ? above(z) : std::min(1.0, 2 * above(std::abs(z)));
}

}  // namespace

SignedRanks wilcoxon(std::span<const double> a, std::span<const double> b,
                     Alternative alternative) {
  const std::vector<double> differences = differences_of(a, b);
  const RankedDifferences ranks = ranked(differences);
  SignedRanks result;
  result.w_plus = ranks.positive;
  const auto wins = static_cast<double>(
      std::ranges::count_if(differences, [](double value) { return value > 0; }));
  result.superiority =
      (wins + static_cast<double>(ranks.zeros) / 2) / static_cast<double>(differences.size());
  result.exact =
      ranks.zeros == 0 && ranks.tie_cubes == 0 && differences.size() <= exact_signed_rank_pairs;
  result.p_value = result.exact
                       ? exact_signed_rank_p_value(ranks.positive, differences.size(), alternative)
                       : normal_signed_rank_p_value(ranks, differences.size(), alternative);
  return result;
}

double least_wilcoxon_p_value(std::size_t pairs, Alternative alternative) {
  const double one_sided = std::ldexp(1.0, -static_cast<int>(std::min<std::size_t>(pairs, 2000)));
  return alternative == Alternative::greater ? one_sided : std::min(1.0, 2 * one_sided);
}

}  // namespace nas
