#include "core/statistics/wilcoxon.hpp"

#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include "core/base/error.hpp"

using namespace nas;

namespace {

constexpr double tolerance = 1e-12;  ///< relative: small numbers, counted

}  // namespace

// Hollander and Wolfe 1973, p. 29, as in R's help of wilcox.test: V = 40, p = 0.01953.
TEST_CASE("depression scale factors before and after have the published signed ranks") {
  const std::vector<double> before = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
  const std::vector<double> after = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
  const SignedRanks result = wilcoxon(before, after, Alternative::greater);
  CHECK(result.exact);
  CHECK(result.w_plus == 40);
  CHECK(result.p_value == Approx(10.0 / 512).epsilon(tolerance));
  CHECK(result.superiority == Approx(7.0 / 9));
}

TEST_CASE("all signs of a few differences, counted") {
  const std::vector<double> none(5, 0.0);
  const std::vector<double> all = {1, 2, 3, 4, 5};
  CHECK(wilcoxon(all, none, Alternative::greater).p_value == Approx(1.0 / 32).epsilon(tolerance));
  CHECK(wilcoxon(all, none, Alternative::two_sided).p_value == Approx(1.0 / 16).epsilon(tolerance));
  CHECK(wilcoxon(none, all, Alternative::greater).p_value == Approx(1).epsilon(tolerance));
  CHECK(wilcoxon(none, all, Alternative::two_sided).p_value == Approx(1.0 / 16).epsilon(tolerance));
  CHECK(least_wilcoxon_p_value(5, Alternative::greater) == 1.0 / 32);
  CHECK(least_wilcoxon_p_value(5, Alternative::two_sided) == 1.0 / 16);
}

TEST_CASE("differences of zero take the lowest ranks and are left out") {
  const std::vector<double> a = {0, 0, 3, 4};
  const std::vector<double> b = {0, 0, 1, 5};
  const SignedRanks result = wilcoxon(a, b, Alternative::greater);
  CHECK_FALSE(result.exact);
  CHECK(result.w_plus == 4);  // 2 is the greatest of four differences
  CHECK(result.superiority == 0.5);
  CHECK(wilcoxon(a, a, Alternative::greater).p_value == 1);
  CHECK(wilcoxon(a, a, Alternative::two_sided).p_value == 1);
  CHECK(wilcoxon(a, a, Alternative::greater).superiority == 0.5);
}

TEST_CASE("a test of pairs wants pairs of finite numbers") {
  const std::vector<double> one = {1};
  const std::vector<double> two = {1, 2};
  const std::vector<double> endless = {std::numeric_limits<double>::infinity()};
  const std::vector<double> none = {std::numeric_limits<double>::quiet_NaN()};
  CHECK_THROWS_AS(wilcoxon({}, {}, Alternative::greater), Error);
  CHECK_THROWS_AS(wilcoxon(one, two, Alternative::greater), Error);
  CHECK_THROWS_AS(wilcoxon(one, endless, Alternative::greater), Error);
  CHECK_THROWS_AS(wilcoxon(none, one, Alternative::greater), Error);
}
