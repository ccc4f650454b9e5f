#include <set>

#include <catch2/catch.hpp>

#include "tests/plugin/loaded.hpp"

using namespace nas;

TEST_CASE("random search proposes every genotype of a small space once, then ends") {
  fake::Search search;
  search.space = fake::Space(2, 3);
  search.settings.trials = 1000;
  const SearchOutcome outcome = search_with(built_strategy("random", search.space), search);
  CHECK(outcome.end == SearchEnd::strategy_finished);
  std::set<Genotype> seen;
  for (const Trial& trial : outcome.trials) seen.insert(trial.genotype);
  CHECK(outcome.trials.size() == 9);
  CHECK(seen.size() == 9);
}

TEST_CASE("random search that may repeat goes on until the loop ends it") {
  fake::Search search;
  search.space = fake::Space(1, 2);
  search.settings.trials = 1000;
  search.settings.patience = 50;
  const auto strategy = built_strategy("random", search.space, {{"unique", "false"}});
  CHECK(search_with(strategy, search).end == SearchEnd::only_reused);
}

TEST_CASE("random search does not propose again what it was told of without asking") {
  const fake::Space space(1, 3);
  const auto strategy = built_strategy("random", space);
  strategy->tell({Result::Kind::measured, 0, {{1}}, {}, {0.5}});
  std::set<Genotype> proposed;
  while (const auto proposal = strategy->ask()) proposed.insert(proposal->genotype);
  CHECK(proposed == std::set<Genotype>{{{0}}, {{2}}});
}

TEST_CASE("random search is uniform over architectures, by option over decisions") {
  // Four depths: 1, 4, 16 and 64 networks.
  const fake::Space space(4, 4, true);
  constexpr int draws = 2000;
  const auto share_of_deepest = [&](const std::string& distribution) {
    const auto strategy =
        built_strategy("random", space, {{"unique", "false"}, {"distribution", distribution}});
    int deepest = 0;
    for (int i = 0; i < draws; ++i) deepest += strategy->ask()->genotype.answers[0] == 3;
    return static_cast<double>(deepest) / draws;
  };
  // Five standard deviations of a share of 2,000 draws are at most 0.056.
  CHECK(share_of_deepest("architectures") == Approx(64.0 / 85).margin(0.056));
  CHECK(share_of_deepest("decisions") == Approx(0.25).margin(0.056));
}

TEST_CASE("where hardly an architecture is within the limits, random search goes over decisions") {
  const fake::Space space(6, 4, true);
  const auto strategy = built_strategy("random", space, {{"unique", "false"}});
  const auto shallow_of = [&](int proposals, Result::Kind kind) {
    int shallow = 0;
    for (int i = 0; i < proposals; ++i) {
      const Genotype genotype = strategy->ask()->genotype;
      shallow += genotype.answers[0] < 3;
      strategy->tell({kind, i, genotype, {}, {1}});
    }
    return shallow;
  };
  // Of 1,365 architectures 21 have a depth below 3; of decisions, half.
  CHECK(shallow_of(499, Result::Kind::infeasible) < 30);
  CHECK(shallow_of(500, Result::Kind::measured) < 30);
  shallow_of(500, Result::Kind::infeasible);
  CHECK(shallow_of(500, Result::Kind::measured) > 200);
}
