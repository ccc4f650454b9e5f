#include "plugins/strategies/bayesian/acquisition.hpp"

#include <cmath>

#include <catch2/catch.hpp>

#include "tests/surrogate/points.hpp"

using namespace nas;
using namespace nas::test;

namespace {

constexpr double rounding = 1e-12;

Eigen::VectorXd sums(std::span<const Genotype> points) {
  Eigen::VectorXd values(static_cast<Eigen::Index>(points.size()));
  for (std::size_t i = 0; i < points.size(); ++i) {
    values[static_cast<Eigen::Index>(i)] = minus_sum(points[i]);
  }
  return values;
}

bool any(const Genotype&) { return true; }

}  // namespace

TEST_CASE("expected improvement has its known values") {
  // Standard normal: the density at 0, and the integral from 1.
  CHECK(std::abs(expected_improvement(0, 1, 0) - 0.3989422804014327) < rounding);
  CHECK(std::abs(expected_improvement(0, 1, 1) - 0.0833154705876901) < rounding);
  CHECK(std::abs(expected_improvement(2, 4, 0) - 2 * 1.0833154705876901) < rounding);
  CHECK(expected_improvement(3, 0, 1) == 2);
  CHECK(expected_improvement(0, 0, 1) == 0);
}

TEST_CASE("the confidence bound widens with the logarithm of the trials") {
  CHECK(std::abs(confidence_factor(6, 100) - std::sqrt(3 * std::log(1201.0))) < rounding);
}

TEST_CASE("the numbers of the acquisition search are the published ones as long as that is fast") {
  const fake::Space space;
  CHECK(published_acquisition_search(space, 1).evaluations == 50);
  CHECK(published_acquisition_search(space, 100).evaluations == 250);
  CHECK(published_acquisition_search(space, 500).evaluations == 500);
  CHECK(published_acquisition_search(space, 1).mutations == 21);    // 3 sqrt(50)
  CHECK(published_acquisition_search(space, 500).mutations == 67);  // 3 sqrt(500)
  CHECK(published_acquisition_search(space, 1000).evaluations == 150);
  CHECK(published_acquisition_search(space, 100000).evaluations == 20);
}

TEST_CASE("the acquisition search climbs from its pool") {
  const fake::Space space(10, 4);
  const std::vector<Genotype> pool = sampled(space, 5);
  Random random(3);
  const auto found = AcquisitionSearch{space, 500, 50}.maximise(pool, sums, any, random);
  REQUIRE(found.has_value());
  const double start = sums(pool).maxCoeff();
  CHECK(minus_sum(*found) > start / 2);
}

TEST_CASE("the acquisition search gives only what is eligible, or nothing") {
  const fake::Space space(4, 3);
  const std::vector<Genotype> pool = sampled(space, 2);
  Random random(3);
  const AcquisitionSearch search{space, 300, 30};
  const auto odd = [](const Genotype& point) { return std::lround(minus_sum(point)) % 2 != 0; };
  const auto found = search.maximise(pool, sums, odd, random);
  REQUIRE(found.has_value());
  CHECK(minus_sum(*found) == -1);
  const auto none = [](const Genotype&) { return false; };
  CHECK_FALSE(search.maximise(pool, sums, none, random).has_value());
}

TEST_CASE("the acquisition search ends in a space of one genotype") {
  const fake::Space space(2, 1);
  Random random(1);
  const std::vector<Genotype> pool = {{{0, 0}}};
  CHECK(AcquisitionSearch{space, 50, 5}.maximise(pool, sums, any, random) == pool.front());
}

TEST_CASE("the best eligible candidate is the lower genotype in a tie") {
  const std::vector<Genotype> candidates = {{{2}}, {{1}}, {{3}}, {{0}}};
  Eigen::VectorXd values(4);
  values << 5, 5, 5, 1;
  CHECK(best_eligible(candidates, values, any) == Genotype{{1}});
  const auto not_one = [](const Genotype& point) { return point.answers[0] != 1; };
  CHECK(best_eligible(candidates, values, not_one) == Genotype{{2}});
}
