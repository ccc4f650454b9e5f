#include <cmath>

#include <catch2/catch.hpp>

#include "plugins/strategies/bohb/density.hpp"
#include "tests/search/fakes.hpp"

using namespace nas;

namespace {

constexpr double density_rounding = 1e-12;

}  // namespace

TEST_CASE("bandwidths are the normal reference of the answers, within bounds") {
  const fake::Space space(2, 4);
  const bohb::Density density(space, {{{0, 2}}, {{1, 2}}, {{0, 2}}, {{1, 2}}}, 0.001);
  // Deviation 1/2 of four points, with two decisions.
  CHECK(density.bandwidth(0) ==
        Approx(1.06 * 0.5 * std::pow(4.0, -1.0 / 6)).margin(density_rounding));
  CHECK(density.bandwidth(1) == 0.001);
  const bohb::Density wide(space, {{{0, 0}}, {{3, 0}}}, 0.001);
  CHECK(wide.bandwidth(0) == 0.75);  // where all four answers are equally probable
}

TEST_CASE("a density over all genotypes sums to one") {
  const fake::Space space(3, 3);
  const bohb::Density density(space, {{{0, 1, 2}}, {{0, 2, 2}}, {{1, 1, 2}}}, 0.001);
  double sum = 0;
  double largest = 0;
  Genotype most_probable;
  space.enumerate([&](const Genotype& genotype) {
    const double probability = density.at(genotype);
    sum += probability;
    if (probability > largest) most_probable = genotype;
    largest = std::max(largest, probability);
    return true;
  });
  CHECK(sum == Approx(1).margin(density_rounding));
  CHECK(most_probable == Genotype{{0, 1, 2}});
}

TEST_CASE("draws stay near the points, and spread with the factor") {
  const fake::Space space(4, 4, true);
  const Genotype point{{2, 3, 1, 0}};
  const bohb::Density density(space, {point, point}, 0.1);
  Random random(7);
  int near = 0;
  int wide = 0;
  constexpr int draws = 200;
  for (int i = 0; i < draws; ++i) {
    const Genotype a = density.draw(1, random);
    const Genotype b = density.draw(10, random);
    space.validate(a);
    space.validate(b);
    near += a == point;
    wide += b == point;
  }
  CHECK(near > draws / 2);  // (1 - 0.1 * 3/4)^3, and less for what the depth closes
  CHECK(wide < draws / 5);
}

TEST_CASE("decisions without a choice do not count") {
  CHECK(bohb::choices(fake::Space(3, 1)) == 0);
  CHECK(bohb::choices(fake::Space(3, 4, true)) == 3);
  const fake::Space space(2, 1);
  const bohb::Density density(space, {{{0, 0}}}, 0.001);
  CHECK(density.at({{0, 0}}) == 1);
}
