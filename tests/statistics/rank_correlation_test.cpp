#include "core/statistics/rank_correlation.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include "core/base/error.hpp"

using namespace nas;

TEST_CASE("equal values share the mean of their ranks, and infinities have ranks") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(ranks(std::vector<double>{3, -infinity, 3, infinity}) ==
        std::vector<double>{2.5, 1, 2.5, 4});
}

TEST_CASE("Spearman's correlation of orders that agree, oppose, and differ in part") {
  const std::vector<double> a = {1, 2, 3, 4, 5};
  CHECK(spearman(a, std::vector<double>{1, 8, 27, 64, 125}) == Approx(1));
  CHECK(spearman(a, std::vector<double>{5, 4, 3, 2, 1}) == Approx(-1));
  // 1 - 6 sum d^2 / (n (n^2 - 1)), with d = 0, 1, -1, 1, -1.
  CHECK(spearman(a, std::vector<double>{1, 3, 2, 5, 4}) == Approx(0.8));
}

TEST_CASE("Spearman's correlation with ties is Pearson's of mid-ranks") {
  // Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: 4.5 / sqrt(4.5 * 5).
  CHECK(spearman(std::vector<double>{1, 2, 2, 3}, std::vector<double>{10, 20, 30, 40}) ==
        Approx(4.5 / std::sqrt(4.5 * 5)));
  CHECK(std::isnan(spearman(std::vector<double>{1, 1, 1}, std::vector<double>{1, 2, 3})));
}

TEST_CASE("a partial correlation leaves out what a third quantity explains") {
  const std::vector<double> a = {1, 3, 2, 5, 4, 6}, b = {2, 1, 4, 3, 6, 5}, c = {1, 2, 3, 4, 5, 6};
  const double ab = spearman(a, b), ac = spearman(a, c), bc = spearman(b, c);
  CHECK(partial_spearman(a, b, c) ==
        Approx((ab - ac * bc) / std::sqrt((1 - ac * ac) * (1 - bc * bc))));
  CHECK(std::isnan(partial_spearman(a, c, c)));
}

TEST_CASE("rank correlations of unequal, too few or missing values are refused") {
  CHECK_THROWS_AS(spearman(std::vector<double>{1, 2}, std::vector<double>{1}), Error);
  CHECK_THROWS_AS(spearman(std::vector<double>{1}, std::vector<double>{1}), Error);
  CHECK_THROWS_AS(ranks(std::vector<double>{1, std::nan("")}), Error);
}
