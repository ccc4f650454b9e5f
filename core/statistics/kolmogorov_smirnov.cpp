#include "core/statistics/kolmogorov_smirnov.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <boost/math/distributions/kolmogorov_smirnov.hpp>

namespace nas {

double kolmogorov_smirnov_statistic(const Distribution& a, const Distribution& b) {
  double greatest = 0;
  for (const Distribution* which : {&a, &b}) {
    for (const Distribution::Step& step : which->steps()) {
      greatest =
          std::max(greatest, std::abs(a.share_up_to(step.value) - b.share_up_to(step.value)));
    }
  }
  return greatest;
}

/// A random order of n values of one sample and m of the other is a path from (0, 0) to (n, m). It
/// reached (i, j) from (i - 1, j) with probability i / (i + j): so follows, from the start, the
/// probability that a path to (i, j) has been `distance` or more off the diagonal. Nothing is
/// subtracted, so that small probabilities keep their digits.
double exact_p_value(std::size_t distance, std::size_t n, std::size_t m) {
  if (distance == 0) return 1;
  std::vector<double> outside(m + 1, 0);  // of paths to (i, j), by j
  for (std::size_t i = 0; i <= n; ++i) {
    for (std::size_t j = 0; j <= m; ++j) {
      const std::size_t a = i * m;
      const std::size_t b = j * n;
      if ((a > b ? a - b : b - a) >= distance) {
        outside[j] = 1;
        continue;
      }
      const double from_left = j > 0 ? outside[j - 1] : 0;
      const double from_below = i > 0 ? outside[j] : 0;
      const auto steps = static_cast<double>(std::max<std::size_t>(i + j, 1));
      outside[j] =
          (static_cast<double>(i) * from_below + static_cast<double>(j) * from_left) / steps;
    }
  }
  return outside[m];
}

double asymptotic_p_value(double statistic, std::size_t n, std::size_t m) {
  if (statistic <= 0) return 1;
  const auto a = static_cast<double>(n);
  const auto b = static_cast<double>(m);
  const boost::math::kolmogorov_smirnov_distribution<> limit(a * b / (a + b));
  return std::clamp(boost::math::cdf(boost::math::complement(limit, statistic)), 0.0, 1.0);
}

KolmogorovSmirnov kolmogorov_smirnov(std::span<const double> a, std::span<const double> b) {
  KolmogorovSmirnov result;
  result.statistic = kolmogorov_smirnov_statistic(Distribution(a), Distribution(b));
  const std::size_t product = a.size() * b.size();
  result.exact = product <= exact_product;
  result.p_value = result.exact
                       ? exact_p_value(static_cast<std::size_t>(std::llround(
                                           result.statistic * static_cast<double>(product))),
                                       a.size(), b.size())
                       : asymptotic_p_value(result.statistic, a.size(), b.size());
  return result;
}

}  // namespace nas
