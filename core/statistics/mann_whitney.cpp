#include "core/statistics/mann_whitney.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <boost/math/distributions/normal.hpp>
#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {
namespace {

struct Ranked {
  double value;
  bool is_first;  ///< of the first sample
};

std::vector<Ranked> merged(std::span<const double> a, std::span<const double> b) {
  if (a.empty() || b.empty()) throw Error(ErrorKind::data, "a rank test needs two samples");
  std::vector<Ranked> all;
  for (const double value : a) all.push_back({value, true});
  for (const double value : b) all.push_back({value, false});
  const auto bad =
      std::ranges::find_if(all, [](const Ranked& entry) { return std::isnan(entry.value); });
  if (bad != all.end()) throw Error(ErrorKind::data, "a rank test on a value that is no number");
  std::ranges::sort(all, {}, &Ranked::value);
  return all;
}

struct RankSum {
  double first = 0;  ///< sum of the midranks of the first sample
  double ties = 0;   ///< sum of t^3 - t over groups of t equal values
};

RankSum rank_sum(const std::vector<Ranked>& all) {
  RankSum sum;
  for (std::size_t begin = 0; begin < all.size();) {
    std::size_t end = begin;
    std::size_t firsts = 0;
    for (; end < all.size() && all[end].value == all[begin].value; ++end) {
      firsts += all[end].is_first ? 1 : 0;
    }
    const auto size = static_cast<double>(end - begin);
    const double midrank = (static_cast<double>(begin + end) + 1) / 2;
    sum.first += static_cast<double>(firsts) * midrank;
    sum.ties += size * size * size - size;
    begin = end;
  }
  return sum;
}

/// The probability of U >= u. The greatest of i + j values in random order is one of the i with
/// probability i / (i + j), and then greater than all j. Nothing is subtracted, so that small
/// probabilities keep their digits.
double exact_u_p_value(std::size_t u, std::size_t n, std::size_t m) {
  const std::size_t pairs = n * m;
  // Of each U for i values of the first sample (the current row) and j of the second, by j.
  std::vector<std::vector<double>> row(m + 1, std::vector<double>(pairs + 1, 0));
  for (std::vector<double>& of_j : row) of_j[0] = 1;
  for (std::size_t i = 1; i <= n; ++i) {
    // With none of the second sample U stays 0.
    for (std::size_t j = 1; j <= m; ++j) {
      const double of_first = static_cast<double>(i) / static_cast<double>(i + j);
      std::vector<double> now(pairs + 1, 0);
      for (std::size_t value = 0; value <= i * j; ++value) {
        const double from_first = value >= j ? row[j][value - j] : 0;
        now[value] = of_first * from_first + (1 - of_first) * row[j - 1][value];
      }
      row[j] = std::move(now);
    }
  }
  return std::accumulate(row[m].begin() + static_cast<std::ptrdiff_t>(u), row[m].end(), 0.0);
}

}  // namespace

MannWhitney mann_whitney_greater(std::span<const double> a, std::span<const double> b) {
  const RankSum sum = rank_sum(merged(a, b));
  const auto n = static_cast<double>(a.size());
  const auto m = static_cast<double>(b.size());
  MannWhitney result;
  result.u = sum.first - n * (n + 1) / 2;
  result.superiority = result.u / (n * m);
  result.exact = sum.ties == 0 && std::max(a.size(), b.size()) < exact_rank_test_size;
  if (result.exact) {
    result.p_value =
        std::min(1.0, exact_u_p_value(static_cast<std::size_t>(result.u), a.size(), b.size()));
    return result;
  }
  const double total = n + m;
  const double variance = n * m / 12 * (total + 1 - sum.ties / (total * (total - 1)));
  if (variance <= 0) return result;
  constexpr double continuity = 0.5;
  const double z = (result.u - n * m / 2 - continuity) / std::sqrt(variance);
  result.p_value = boost::math::cdf(boost::math::complement(boost::math::normal(), z));
  return result;
}

MannWhitney mann_whitney_two_sided(std::span<const double> a, std::span<const double> b) {
  MannWhitney result = mann_whitney_greater(a, b);
  const double other = mann_whitney_greater(b, a).p_value;
  result.p_value = std::min(1.0, 2 * std::min(result.p_value, other));
  return result;
}

double least_mann_whitney_p_value(std::size_t a, std::size_t b, Alternative alternative) {
  double one_sided = 1;  // 1 over the number of ways to choose a of a + b
  for (std::size_t i = 1; i <= std::min(a, b); ++i) {
    one_sided *= static_cast<double>(i) / static_cast<double>(std::max(a, b) + i);
  }
  return alternative == Alternative::greater ? one_sided : std::min(1.0, 2 * one_sided);
}

std::vector<double> holm(std::span<const double> p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return p_values[i]; });
  std::vector<double> corrected(p_values.size());
  double greatest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto left = static_cast<double>(order.size() - i);
    greatest = std::max(greatest, std::min(1.0, left * p_values[order[i]]));
    corrected[order[i]] = greatest;
  }
  return corrected;
}

}  // namespace nas
