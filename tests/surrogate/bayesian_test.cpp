#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "core/base/error.hpp"
#include "tests/plugin/loaded.hpp"
#include "tests/surrogate/points.hpp"

using namespace nas;
using namespace nas::test;

namespace {

/// The best of `trials` proposals, told `lag` later.
double best_of(const std::string& name, const SearchSpace& space, const Given& given,
               std::uint64_t seed, int trials, std::size_t lag = 0) {
  const auto strategy = built_strategy(name, space, given, seed);
  std::vector<Genotype> proposals;
  double best = -1e9;
  for (int i = 0; i < trials; ++i) {
    if (proposals.size() > lag) {
      const std::size_t id = proposals.size() - lag - 1;
      const Genotype& told = proposals[id];
      strategy->tell(
          {Result::Kind::measured, static_cast<std::int64_t>(id), told, {}, {minus_sum(told)}});
    }
    const auto proposal = strategy->ask();
    REQUIRE(proposal.has_value());
    proposals.push_back(proposal->genotype);
    best = std::max(best, minus_sum(proposal->genotype));
  }
  const std::set<Genotype> different(proposals.begin(), proposals.end());
  CHECK(different.size() == proposals.size());
  return best;
}

}  // namespace

TEST_CASE("bayesian finds better networks than random search by every acquisition") {
  const fake::Space space(8, 4);
  const std::vector<Given> settings = {
      {{"acquisition", "ei"}}, {{"acquisition", "ucb"}}, {{"acquisition", "thompson"}}};
  for (const Given& given : settings) {
    INFO(given.at("acquisition"));
    for (const std::size_t lag : {0u, 7u}) {
      int wins = 0;
      for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        wins += best_of("bayesian", space, given, seed, 45, lag) >
                best_of("random", space, {}, seed, 45, lag);
      }
      CHECK(wins == 4);
    }
  }
}

TEST_CASE("bayesian can look at every candidate of a small space") {
  const fake::Space space(4, 4);
  for (const std::string acquisition : {"ei", "ucb", "thompson"}) {
    const Given given = {{"candidates", "all"}, {"acquisition", acquisition}, {"initial", "10"}};
    CHECK(best_of("bayesian", space, given, 1, 40, 3) == 0);
  }
}

TEST_CASE("bayesian refuses to look at every candidate of a large space") {
  const fake::Space space(20, 4);
  CHECK_THROWS_AS(built_strategy("bayesian", space, {{"candidates", "all"}}), Error);
}

TEST_CASE("bayesian goes through a small space to its end and then has finished") {
  const fake::Space space(3, 3);
  for (const std::string candidates : {"evolution", "all"}) {
    const auto strategy =
        built_strategy("bayesian", space, {{"candidates", candidates}, {"initial", "5"}});
    std::set<Genotype> seen;
    while (const auto proposal = strategy->ask()) {
      const auto id = static_cast<std::int64_t>(seen.size());
      seen.insert(proposal->genotype);
      strategy->tell({Result::Kind::measured, id, proposal->genotype, {}, {1}});
    }
    CHECK(seen.size() == 27);
  }
}

TEST_CASE("bayesian goes on where every trial fails or is infeasible") {
  const fake::Space space(6, 4);
  for (const auto kind : {Result::Kind::failed, Result::Kind::infeasible}) {
    const auto strategy = built_strategy("bayesian", space, {{"initial", "3"}});
    for (int i = 0; i < 30; ++i) {
      const auto proposal = strategy->ask();
      REQUIRE(proposal.has_value());
      strategy->tell({kind, i, proposal->genotype, {}, {}});
    }
  }
}
