#include "core/statistics/distribution.hpp"

#include <limits>
#include <numeric>

#include <catch2/catch.hpp>

#include "core/base/error.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

const std::vector<double> values = {3, 1, 2, 2, 10};

}  // namespace

TEST_CASE("the distribution function counts what is strictly less") {
  const Distribution distribution(values);
  CHECK(distribution.share_below(1) == 0);
  CHECK(distribution.share_below(2) == Approx(0.2));
  CHECK(distribution.share_up_to(2) == Approx(0.6));
  CHECK(distribution.share_below(2.5) == Approx(0.6));
  CHECK(distribution.share_below(10) == Approx(0.8));
  CHECK(distribution.share_below(11) == 1);
  CHECK(distribution.steps().size() == 4);
}

TEST_CASE("mean, extremes and quantiles are those of the values") {
  const Distribution distribution(values);
  CHECK(distribution.mean() == Approx(3.6));
  CHECK(distribution.minimum() == 1);
  CHECK(distribution.maximum() == 10);
  // NumPy's quantile with method 'inverted_cdf'.
  const Distribution eight(std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(eight.quantile(0) == 1);
  CHECK(eight.quantile(0.25) == 2);
  CHECK(eight.quantile(0.5) == 4);
  CHECK(eight.quantile(0.8) == 7);
  CHECK(eight.quantile(1) == 8);
}

TEST_CASE("a quantile of a share that the values reach exactly is not pushed on by rounding") {
  std::vector<double> ten(10);
  std::iota(ten.begin(), ten.end(), 1);
  for (int tenth = 1; tenth <= 10; ++tenth) {
    CHECK(Distribution(ten).quantile(tenth / 10.0) == tenth);
  }
}

TEST_CASE("weights need not sum to 1") {
  const Distribution distribution(std::vector<double>{1, 2}, std::vector<double>{3, 1});
  CHECK(distribution.share_up_to(1) == Approx(0.75));
  CHECK(distribution.mean() == Approx(1.25));
}

TEST_CASE("what is no sample is refused") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(Distribution(std::vector<double>{}), Contains("at least one value"));
  CHECK_THROWS_WITH(Distribution(std::vector<double>{1, nan}), Contains("value nan"));
  CHECK_THROWS_WITH(Distribution(values, std::vector<double>{1}), Contains("5 values"));
  CHECK_THROWS_WITH(Distribution(std::vector<double>{1}, std::vector<double>{-1}),
                    Contains("weight -1"));
  CHECK_THROWS_WITH(Distribution(std::vector<double>{1}, std::vector<double>{0}),
                    Contains("are 0"));
}

// The shares follow from the definition in Radosavovic et al. 2019 by hand.
TEST_CASE("normalised by complexity every bin has the same influence") {
  const std::vector<double> complexities = {1, 2, 3, 4, 5, 10};
  const std::vector<double> errors = {50, 40, 45, 35, 30, 38};
  const std::vector<double> weights =
      complexity_weights(complexities, {.low = 1, .high = 10, .count = 2});
  CHECK(weights == std::vector<double>{0.1, 0.1, 0.1, 0.1, 0.1, 0.5});
  const Distribution normalised(errors, weights);
  const Distribution plain(errors);
  CHECK(normalised.share_below(36) == Approx(0.2));
  CHECK(normalised.share_below(39) == Approx(0.7));
  CHECK(normalised.share_below(41) == Approx(0.8));
  CHECK(normalised.share_below(46) == Approx(0.9));
  CHECK(plain.share_below(36) == Approx(2.0 / 6));
  CHECK(plain.share_below(39) == Approx(3.0 / 6));
  CHECK(plain.share_below(41) == Approx(4.0 / 6));
  CHECK(plain.share_below(46) == Approx(5.0 / 6));
}

TEST_CASE("a bin contains its lower edge, the last one the upper too") {
  const std::vector<double> complexities = {0, 1, 2, 3, 4};
  CHECK(complexity_weights(complexities, {.low = 0, .high = 4, .count = 2}) ==
        std::vector<double>{0.25, 0.25, 1.0 / 6, 1.0 / 6, 1.0 / 6});
}

TEST_CASE("an empty bin is an error that says which") {
  const std::vector<double> complexities = {0, 1, 9, 10};
  CHECK_THROWS_WITH(complexity_weights(complexities, {.low = 0, .high = 10, .count = 5}),
                    Contains("from 2 to 4") && Contains("bin 2 of 5") && Contains("fewer bins"));
}

TEST_CASE("bins of no range, and complexities outside of it, are refused") {
  const std::vector<double> complexities = {1, 2};
  CHECK_THROWS_WITH(complexity_weights(complexities, {.low = 2, .high = 2, .count = 2}),
                    Contains("from 2 to 2"));
  CHECK_THROWS_WITH(complexity_weights(complexities, {.low = 1, .high = 1.5, .count = 1}),
                    Contains("complexity 2 is not within 1 to 1.5"));
}
