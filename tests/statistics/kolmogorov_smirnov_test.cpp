#include "core/statistics/kolmogorov_smirnov.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/statistics/drawn_sample.hpp"

using namespace nas;

namespace {

/// Relative; the peers agree to twelve digits and more.
constexpr double tolerance = 1e-11;

}  // namespace

TEST_CASE("the statistic is the greatest distance between the distribution functions") {
  const std::vector<double> a = {.1, .2, .3, .4, .5};
  const std::vector<double> b = {.25, .35, .45, .55, .65, .75};
  CHECK(kolmogorov_smirnov_statistic(Distribution(a), Distribution(b)) == Approx(0.5));
  CHECK(kolmogorov_smirnov_statistic(Distribution(b), Distribution(a)) == Approx(0.5));
  CHECK(kolmogorov_smirnov_statistic(Distribution(a), Distribution(a)) == 0);
}

TEST_CASE("weights move the statistic") {
  const std::vector<double> values = {1, 2, 3};
  const Distribution even(values);
  const Distribution heavy(values, std::vector<double>{8, 1, 1});
  CHECK(kolmogorov_smirnov_statistic(even, heavy) == Approx(0.8 - 1.0 / 3));
}

// SciPy 1.10.1: stats.ks_2samp(a, b, method='exact').
TEST_CASE("exact p-values are SciPy's") {
  struct Case {
    std::size_t n, m;
    double shift, statistic, p_value;
  };
  const auto c =
      GENERATE(Case{5, 6, 0.0, 0.3, 0.896103896103896}, Case{100, 100, .1, 0.14, 0.281941629808248},
               Case{100, 80, .2, 0.2625, 0.00354025168777073},
               Case{100, 100, .5, 0.51, 3.31941902462302e-12},
               Case{37, 53, .15, 0.19122896481387047, 0.344766947488005},
               Case{1000, 1000, .05, 0.067, 0.0224386594511424});
  const KolmogorovSmirnov result =
      kolmogorov_smirnov(drawn_sample(c.n, 1, 0), drawn_sample(c.m, 2, c.shift));
  CHECK(result.exact);
  CHECK(result.statistic == Approx(c.statistic).epsilon(tolerance));
  CHECK(result.p_value == Approx(c.p_value).epsilon(tolerance));
}

// Likewise, {1,1,2,3,3,3,4} against {1,2,2,3,5}.
TEST_CASE("ties are counted once, as SciPy does") {
  const std::vector<double> a = {1, 1, 2, 3, 3, 3, 4};
  const std::vector<double> b = {1, 2, 2, 3, 5};
  const KolmogorovSmirnov result = kolmogorov_smirnov(a, b);
  CHECK(result.statistic == Approx(0.2));
  CHECK(result.p_value == Approx(0.997474747474747).epsilon(tolerance));
}

// SciPy 1.10.1: special.kolmogorov(sqrt(n * m / (n + m)) * statistic).
TEST_CASE("asymptotic p-values are SciPy's") {
  CHECK(asymptotic_p_value(0.3, 5, 6) == Approx(0.966790760493268).epsilon(tolerance));
  CHECK(asymptotic_p_value(0.14, 100, 100) == Approx(0.280929547419888).epsilon(tolerance));
  CHECK(asymptotic_p_value(0.2625, 100, 80) == Approx(0.00437498219057107).epsilon(tolerance));
  CHECK(asymptotic_p_value(0.067, 1000, 1000) == Approx(0.0224637083010621).epsilon(tolerance));
  CHECK(asymptotic_p_value(0.51, 100, 100) == Approx(1.01165054856876e-11).epsilon(tolerance));
  CHECK(asymptotic_p_value(0, 10, 10) == 1);
}

TEST_CASE("large samples have the asymptotic p-value") {
  const KolmogorovSmirnov result =
      kolmogorov_smirnov(drawn_sample(1001, 1, 0), drawn_sample(1000, 2, .05));
  CHECK_FALSE(result.exact);
  CHECK(result.p_value == asymptotic_p_value(result.statistic, 1001, 1000));
}

TEST_CASE("the exact p-value is the share of all orders") {
  // Every order of 4 values of one sample and 3 of another, by brute force.
  std::vector<int> order = {0, 0, 0, 0, 1, 1, 1};
  std::vector<int> with_distance(13, 0);  // by 12 times the statistic
  int orders = 0;
  do {
    int a = 0, b = 0, farthest = 0;
    for (const int which : order) {
      (which == 0 ? a : b) += 1;
      farthest = std::max(farthest, std::abs(a * 3 - b * 4));
    }
    ++orders;
    ++with_distance[static_cast<std::size_t>(farthest)];
  } while (std::ranges::next_permutation(order).found);
  CHECK(orders == 35);
  for (std::size_t distance = 0; distance <= 12; ++distance) {
    const int so_far = std::accumulate(
        with_distance.begin() + static_cast<std::ptrdiff_t>(distance), with_distance.end(), 0);
    CHECK(exact_p_value(distance, 4, 3) == Approx(so_far / 35.0));
  }
}
