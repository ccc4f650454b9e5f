// An architecture is built where somebody needs it, and nowhere else.
#include <catch2/catch.hpp>

#include "tests/search/fakes.hpp"

using namespace nas;

namespace {

/// With an estimator that reads genotypes alone.
struct GenotypeSearch : fake::Search {
  GenotypeSearch() { estimator.needs = false; }
};

}  // namespace

TEST_CASE("an estimator that needs no architecture has none built") {
  GenotypeSearch search;
  bool has_genotype_alone = true;
  fake::Estimator estimator([&](const Candidate& candidate, const Fidelity&, std::uint64_t seed,
                                const EstimateServices&) {
    has_genotype_alone = has_genotype_alone && candidate.genotype.answers.size() == 3 &&
                         candidate.architecture.size() == 0 && candidate.hash.empty();
    return fake::Estimator::ok(fake::accuracy_of(seed));
  });
  estimator.needs = false;
  const SearchOutcome outcome = run_search(
      search.settings,
      {search.space, search.strategy, estimator, *search.executor, search.cancel, search.journal});
  CHECK(outcome.trials.size() == 20);
  CHECK(*search.space.built == 0);
  CHECK(has_genotype_alone);
  CHECK(outcome.trials.front().architecture_hash.empty());
  CHECK_FALSE(outcome.trials.front().metrics.contains("params"));
}

TEST_CASE("a limit, an objective, a budget or further costs have architectures built") {
  GenotypeSearch search;
  SECTION("a limit") { search.settings.limits = {{"params", 1e9}}; }
  SECTION("an objective") { search.settings.objectives.push_back({"macs", false}); }
  SECTION("a budget") { search.settings.budgets = {{"macs", 1e18}}; }
  SECTION("further costs") {
    search.more_costs = [](const Genotype&, const Architecture&) {
      return Metrics{{"latency_ms", 1}};
    };
  }
  const SearchOutcome outcome = search.run();
  CHECK(*search.space.built == 20);
  CHECK(outcome.trials.front().metrics.contains("params"));
  CHECK_FALSE(outcome.trials.front().architecture_hash.empty());
}

TEST_CASE("without architectures results are reused by genotype") {
  GenotypeSearch search;
  const fake::Strategy::Ask ask = fake::list({{{0, 0, 0}}, {{1, 0, 0}}, {{0, 0, 0}}});
  fake::Strategy strategy(search.space, ask);
  search.settings.window = 1;
  const SearchOutcome outcome = run_search(
      search.settings,
      {search.space, strategy, search.estimator, *search.executor, search.cancel, search.journal});
  REQUIRE(outcome.trials.size() == 3);
  CHECK(outcome.trials[1].status == TrialStatus::ok);
  CHECK(outcome.trials[2].status == TrialStatus::reused);
}

TEST_CASE("a run without architectures is resumed without them") {
  GenotypeSearch whole;
  const std::vector<Trial> expected = whole.run().trials;
  GenotypeSearch search;
  const SearchOutcome outcome = search.run(std::span(expected).first(7));
  CHECK(fake::same_trials(outcome.trials, expected));
  CHECK(*search.space.built == 0);
}
