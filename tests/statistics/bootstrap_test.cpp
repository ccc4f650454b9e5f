#include "core/statistics/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

#include "core/base/error.hpp"
#include "core/statistics/sample.hpp"

using namespace nas;

namespace {

constexpr int repeats = 20'000;
/// Of a mean and deviation over so many repeats, five standard errors.
const double tolerance = 5 / std::sqrt(double{repeats});

}  // namespace

TEST_CASE("means of resamples scatter about the mean by its standard error") {
  const std::vector<double> values = {1, 2, 4, 8, 16, 32};
  Random random(1);
  const std::vector<double> means = resampled_means(values, repeats, random);
  REQUIRE(means.size() == repeats);
  // The variance of what is drawn from has n below the line, not n - 1.
  const double error = sample_deviation(values) * std::sqrt(5.0 / 6) / std::sqrt(6.0);
  CHECK(std::abs(sample_mean(means) - sample_mean(values)) < tolerance * error);
  CHECK(std::abs(sample_deviation(means) - error) < tolerance * error);
}

// Of two values, drawn twice: 0, 1/2, 1/2, 1, with equal probability.
TEST_CASE("means of resamples have the frequencies of all resamples") {
  Random random(2);
  const std::vector<double> means = resampled_means(std::vector<double>{0, 1}, repeats, random);
  const auto share = [&](double value) {
    return static_cast<double>(std::ranges::count(means, value)) / repeats;
  };
  CHECK(std::abs(share(0) - 0.25) < tolerance);
  CHECK(std::abs(share(0.5) - 0.5) < tolerance);
  CHECK(std::abs(share(1) - 0.25) < tolerance);
}

TEST_CASE("equal seeds give equal resamples, others do not") {
  const std::vector<double> values = {1, 2, 4, 8};
  const auto drawn = [&](std::uint64_t seed) {
    Random random(seed);
    return resampled_means(values, 50, random);
  };
  CHECK(drawn(3) == drawn(3));
  CHECK(drawn(3) != drawn(4));
}

TEST_CASE("a percentile interval leaves out equal shares at both ends") {
  std::vector<double> values;
  for (int i = 1000; i >= 0; --i) values.push_back(i);
  const Interval interval = percentile_interval(values, 0.95);
  CHECK(interval.low == Approx(25));
  CHECK(interval.high == Approx(975));
}

TEST_CASE("a bootstrap wants a value") {
  Random random(0);
  CHECK_THROWS_AS(resampled_means({}, 10, random), Error);
  CHECK_THROWS_AS(percentile_interval({}, 0.95), Error);
}
