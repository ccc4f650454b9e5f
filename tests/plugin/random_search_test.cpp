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
