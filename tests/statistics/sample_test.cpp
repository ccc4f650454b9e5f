#include "core/statistics/sample.hpp"

#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include "core/base/error.hpp"

using namespace nas;

TEST_CASE("one value is its own mean and median and has no deviation") {
  const std::vector<double> one = {3};
  CHECK(sample_mean(one) == 3);
  CHECK(sample_deviation(one) == 0);
  CHECK(sample_median(one) == 3);
}

TEST_CASE("a median counts infinite values") {
  const double never = std::numeric_limits<double>::infinity();
  CHECK(sample_median(std::vector<double>{never, 5, 7}) == 7);
  CHECK(sample_median(std::vector<double>{never, 5, never}) == never);
  CHECK(sample_median(std::vector<double>{never, 5, 7, never}) == never);
  CHECK(sample_median(std::vector<double>{never, never}) == never);
}

TEST_CASE("a sample without values cannot be described") {
  CHECK_THROWS_AS(sample_mean({}), Error);
  CHECK_THROWS_AS(sample_deviation({}), Error);
  CHECK_THROWS_AS(sample_median({}), Error);
}
