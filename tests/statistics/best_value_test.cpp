#include "core/statistics/best_value.hpp"

#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

using namespace nas;
using Catch::Matchers::Contains;

TEST_CASE("a value that is always best wins every draw that holds it") {
  // Four networks, one drawn at a time: each wins a quarter of the draws.
  const std::vector<double> values = {1, 2, 3, 4};
  const std::vector<double> errors = {.4, .3, .2, .1};
  Random random(1);
  const Distribution best = best_values(values, errors, {}, random);
  REQUIRE(best.steps().size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(best.steps()[i].share == Approx(0.25 * static_cast<double>(i + 1)).margin(0.02));
  }
}

TEST_CASE("shares of the winners are those of the best of k draws") {
  // The best of k draws out of n is the j-th best with probability ((n-j)^k - (n-j-1)^k) / n^k.
  std::vector<double> values, errors;
  constexpr int n = 40;
  for (int i = 0; i < n; ++i) {
    values.push_back(i);
    errors.push_back(i);
  }
  Random random(2);
  const Distribution best = best_values(values, errors, {.share = 0.25}, random);
  for (int j = 0; j < 5; ++j) {
    const double expected = 1 - std::pow((n - j - 1.0) / n, 10);
    CHECK(best.share_up_to(j) == Approx(expected).margin(0.02));  // four standard errors
  }
}

TEST_CASE("the interval encloses the optimum of a trend") {
  // Error (d - 20)^2 / 1000 plus noise, for depths 1 to 40, five networks each.
  std::vector<double> depths, errors;
  Random noise(3);
  for (int i = 0; i < 200; ++i) {
    const double depth = i % 40 + 1;
    depths.push_back(depth);
    errors.push_back((depth - 20) * (depth - 20) / 1000 + 0.01 * noise.normal());
  }
  Random random(4);
  const Distribution best = best_values(depths, errors, {}, random);
  CHECK(best.quantile(0.025) <= 20);
  CHECK(best.quantile(0.975) >= 20);
  CHECK(best.quantile(0.5) == Approx(20).margin(4));
  CHECK(best.quantile(0.975) - best.quantile(0.025) < 20);
}

TEST_CASE("of equal errors the lower value wins, and equal seeds give equal draws") {
  const std::vector<double> values = {7, 3, 5};
  const std::vector<double> errors = {1, 1, 1};
  Random random(5);
  CHECK(best_values(values, errors, {.share = 20}, random).maximum() == 3);
  const std::vector<double> other = {1, 2, 3};
  Random a(6), b(6);
  CHECK(best_values(values, other, {}, a).mean() == best_values(values, other, {}, b).mean());
}

TEST_CASE("a bootstrap of nothing is refused") {
  Random random(7);
  CHECK_THROWS_WITH(best_values({}, {}, {}, random), Contains("0 values"));
  CHECK_THROWS_WITH(best_values(std::vector<double>{1}, {}, {}, random), Contains("0 errors"));
}
