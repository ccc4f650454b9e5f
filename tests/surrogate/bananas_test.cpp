#include <set>

#include <catch2/catch.hpp>

#include "tests/plugin/loaded.hpp"
#include "tests/search_spaces/make_space.hpp"
#include "tests/surrogate/points.hpp"

using namespace nas;
using namespace nas::test;

namespace {

/// Every proposal is told at once.
std::vector<Genotype> proposals_of(const std::string& name, const SearchSpace& space, int trials,
                                   const Given& given = {}, std::uint64_t seed = 3) {
  const auto strategy = built_strategy(name, space, given, seed);
  std::vector<Genotype> proposals;
  for (int i = 0; i < trials; ++i) {
    const auto proposal = strategy->ask();
    if (!proposal) break;
    proposals.push_back(proposal->genotype);
    strategy->tell(
        {Result::Kind::measured, i, proposal->genotype, {}, {minus_sum(proposal->genotype)}});
  }
  return proposals;
}

double best_of(const std::vector<Genotype>& proposals) {
  double best = -1e9;
  for (const Genotype& proposal : proposals) best = std::max(best, minus_sum(proposal));
  return best;
}

}  // namespace

TEST_CASE("bananas finds better networks than random search") {
  const fake::Space space(10, 4);
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const auto proposals = proposals_of("bananas", space, 60, {}, seed);
    CHECK(best_of(proposals) > best_of(proposals_of("random", space, 60, {}, seed)));
    CHECK(std::set<Genotype>(proposals.begin(), proposals.end()).size() == 60);
  }
}

TEST_CASE("bananas proposes a turn of mutations of the best") {
  const fake::Space space(10, 4);
  const auto proposals = proposals_of("bananas", space, 20);
  const Genotype best = *std::ranges::max_element(
      std::span(proposals).first(10), [](const Genotype& a, const Genotype& b) {
        return std::pair(minus_sum(a), b) < std::pair(minus_sum(b), a);
      });
  // 1.875 of ten decisions are drawn again: more than six are in one of 2,000 mutations.
  for (std::size_t i = 10; i < 20; ++i) CHECK(space.distance(best, proposals[i]) <= 6);
}

TEST_CASE("bananas does not wait for the results of its turn") {
  const fake::Space space(10, 4);
  const auto strategy = built_strategy("bananas", space);
  for (int i = 0; i < 10; ++i) {
    const Genotype genotype = strategy->ask()->genotype;
    strategy->tell({Result::Kind::measured, i, genotype, {}, {minus_sum(genotype)}});
  }
  std::set<Genotype> seen;
  for (int i = 0; i < 25; ++i) seen.insert(strategy->ask()->genotype);
  CHECK(seen.size() == 25);
}

TEST_CASE("bananas goes through a small space to its end and then has finished") {
  const fake::Space space(3, 3);
  CHECK(proposals_of("bananas", space, 100, {{"epochs", "5"}}).size() == 27);
}

TEST_CASE("bananas goes on where every trial fails or is infeasible") {
  const fake::Space space(6, 4);
  for (const auto kind : {Result::Kind::failed, Result::Kind::infeasible}) {
    const auto strategy = built_strategy("bananas", space);
    for (int i = 0; i < 40; ++i) {
      const auto proposal = strategy->ask();
      REQUIRE(proposal.has_value());
      strategy->tell({kind, i, proposal->genotype, {}, {}});
    }
  }
}

TEST_CASE("bananas searches cells by their paths and free-form networks by their ops") {
  for (const std::string name : {"nasbench201", "nasbench101", "nasbot"}) {
    INFO(name);
    const auto space = make_space(name);
    const auto proposals = proposals_of("bananas", *space, 25, {{"epochs", "5"}});
    CHECK(std::set<Genotype>(proposals.begin(), proposals.end()).size() == 25);
    for (const Genotype& proposal : proposals) CHECK_NOTHROW(space->validate(proposal));
  }
}
