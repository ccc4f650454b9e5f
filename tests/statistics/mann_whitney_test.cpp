#include "core/statistics/mann_whitney.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include "core/base/error.hpp"
#include "tests/statistics/drawn_sample.hpp"

using namespace nas;

namespace {

/// Relative; the peers agree to twelve digits and more.
constexpr double tolerance = 1e-11;

std::vector<double> tenths(std::vector<double> values) {
  for (double& value : values) value = std::floor(10 * value);
  return values;
}

}  // namespace

// All of SciPy 1.10.1, scipy.stats.mannwhitneyu(a, b, alternative='greater'), `method` as named.

TEST_CASE("exact p-values of rank sums are SciPy's") {
  // Its documentation: ages of men and women with diabetes.
  const auto ages = mann_whitney_greater(std::vector<double>{19, 22, 16, 29, 24},
                                         std::vector<double>{20, 11, 17, 12});
  CHECK(ages.exact);
  CHECK(ages.u == 17);
  CHECK(ages.superiority == Approx(0.85));
  CHECK(ages.p_value == Approx(0.05555555555555555).epsilon(tolerance));
  // R's example of wilcox.test, from Hollander and Wolfe 1973, p. 69: W = 35, p = 0.1272.
  const auto placenta = mann_whitney_greater(
      std::vector<double>{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46},
      std::vector<double>{1.15, 0.88, 0.90, 0.74, 1.21});
  CHECK(placenta.u == 35);
  CHECK(placenta.p_value == Approx(0.1272061272061272).epsilon(tolerance));
  const auto large = mann_whitney_greater(drawn_sample(49, 1, .1), drawn_sample(30, 2, 0));
  CHECK(large.exact);
  CHECK(large.u == 929);
  CHECK(large.p_value == Approx(0.025111652827374965).epsilon(tolerance));
  const auto worse = mann_whitney_greater(drawn_sample(12, 3, 0), drawn_sample(40, 4, .3));
  CHECK(worse.u == 125);
  CHECK(worse.p_value == Approx(0.9946149333993377).epsilon(tolerance));
}

TEST_CASE("approximate p-values of rank sums are SciPy's, with ties and without") {
  const auto large = mann_whitney_greater(drawn_sample(500, 1, .05), drawn_sample(500, 2, 0));
  CHECK_FALSE(large.exact);
  CHECK(large.u == 134706);
  CHECK(large.p_value == Approx(0.016780538756333705).epsilon(tolerance));
  const auto tied =
      mann_whitney_greater(tenths(drawn_sample(500, 1, .05)), tenths(drawn_sample(500, 2, 0)));
  CHECK(tied.u == 134389);
  CHECK(tied.p_value == Approx(0.019414501944722433).epsilon(tolerance));
  const auto small = mann_whitney_greater(std::vector<double>{1, 2, 2, 3, 5, 5, 5},
                                          std::vector<double>{0, 2, 3, 3, 4, 5});
  CHECK_FALSE(small.exact);
  CHECK(small.u == 23.5);
  CHECK(small.p_value == Approx(0.3847412262465011).epsilon(tolerance));
  const auto apart = mann_whitney_greater(drawn_sample(500, 1, .5), drawn_sample(500, 2, 0));
  CHECK(apart.p_value == Approx(4.247026352217613e-90).epsilon(tolerance));
}

TEST_CASE("samples that cannot be told apart have a p-value of one") {
  const std::vector<double> same(60, 3.0);
  CHECK(mann_whitney_greater(same, same).p_value == 1);
  CHECK(mann_whitney_greater(same, same).superiority == 0.5);
  CHECK(mann_whitney_greater(std::vector<double>{1}, std::vector<double>{2}).p_value == 1);
}

TEST_CASE("the least p-value is that of samples without overlap") {
  const std::vector<double> low = {1, 2, 3};
  const std::vector<double> high = {4, 5, 6, 7, 8};
  const double one_of = 1.0 / 56;
  CHECK(mann_whitney_greater(high, low).p_value == Approx(one_of).epsilon(tolerance));
  CHECK(least_mann_whitney_p_value(5, 3, Alternative::greater) ==
        Approx(one_of).epsilon(tolerance));
  CHECK(least_mann_whitney_p_value(3, 5, Alternative::greater) ==
        Approx(one_of).epsilon(tolerance));
  CHECK(least_mann_whitney_p_value(3, 5, Alternative::two_sided) ==
        Approx(2 * one_of).epsilon(tolerance));
  CHECK(least_mann_whitney_p_value(1, 1, Alternative::two_sided) == 1);
}

TEST_CASE("a rank test wants numbers") {
  const std::vector<double> one = {1};
  const std::vector<double> bad = {1, std::numeric_limits<double>::quiet_NaN()};
  CHECK_THROWS_AS(mann_whitney_greater(one, {}), Error);
  CHECK_THROWS_AS(mann_whitney_greater(bad, one), Error);
}

// By hand.
TEST_CASE("the i-th smallest p-value is multiplied by the number of those from it on") {
  const auto corrected = holm(std::vector<double>{0.01, 0.04, 0.03, 0.005});
  const std::vector<double> expected = {0.03, 0.06, 0.06, 0.02};
  REQUIRE(corrected.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(corrected[i] == Approx(expected[i]).epsilon(tolerance));
  }
  CHECK(holm(std::vector<double>{0.6, 0.5}) == std::vector<double>{1, 1});
  CHECK(holm({}).empty());
}
