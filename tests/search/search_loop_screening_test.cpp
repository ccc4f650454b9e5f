#include <catch2/catch.hpp>

#include "core/base/error.hpp"
#include "tests/search/fakes.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

// Parameters of fake::Space's networks: [0,0,0] has 8 + 64 + 64 = 136, [3,3,3] has 2,080.
const Genotype small{{0, 0, 0}};
const Genotype large{{3, 3, 3}};
const std::vector<Limit> limits = {{"params", 200}};

fake::Strategy::Ask always(Genotype genotype) {
  return [genotype](fake::Strategy&) { return Proposal{genotype, {}, {}}; };
}

}  // namespace

TEST_CASE("an infeasible proposal is told at once and takes no id") {
  fake::Search search(fake::list({small, large, small}));
  search.settings.limits = limits;
  search.settings.trials = 2;
  const SearchOutcome outcome = search.run();
  CHECK(outcome.trials.size() == 2);
  CHECK(outcome.trials[1].id == 1);
  CHECK(search.estimator.calls == 2);
  REQUIRE(search.strategy.results.size() == 1);
  const Result& result = search.strategy.results.front();
  CHECK(result.kind == Result::Kind::infeasible);
  CHECK_FALSE(result.trial.has_value());
  CHECK(result.genotype == large);
  CHECK(result.values.empty());
}

TEST_CASE("infeasible proposals without end stop the search and name the limit") {
  fake::Search search(always(large));
  search.settings.limits = {{"macs", 1e9}, {"params", 200}};
  search.settings.patience = 7;
  CHECK_THROWS_WITH(search.run(), Contains("7 proposals in a row") &&
                                      Contains("'params' <= 200 excludes 7") &&
                                      Contains("smallest value seen is 2080"));
  CHECK(search.strategy.results.size() == 7);
}

TEST_CASE("nothing feasible has a kind of its own, also where the strategy ends before patience") {
  fake::Search search(fake::list({large, large}));
  search.settings.limits = limits;
  try {
    search.run();
    FAIL("no exception");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::infeasible);
  }
}

TEST_CASE("costs that shapes do not say are limited and recorded like the others") {
  fake::Search search(fake::list({small, large, small}));
  search.settings.limits = {{"latency", 2}};
  search.settings.trials = 2;
  search.more_costs = [](const Genotype& genotype, const Architecture& architecture) {
    CHECK(architecture.size() > 0);
    return Metrics{{"latency", genotype == large ? 3 : 1.5}};
  };
  const std::vector<Trial> trials = search.run().trials;
  REQUIRE(trials.size() == 2);
  for (const Trial& trial : trials) CHECK(trial.metrics.at("latency") == 1.5);
  REQUIRE(search.strategy.results.size() >= 1);
  CHECK(search.strategy.results.front().kind == Result::Kind::infeasible);
}

TEST_CASE("they are not asked for where another limit excludes the proposal already") {
  fake::Search search(fake::list({large, small}));
  search.settings.limits = limits;
  search.settings.trials = 1;
  std::vector<Genotype> asked;
  search.more_costs = [&](const Genotype& genotype, const Architecture&) {
    asked.push_back(genotype);
    return Metrics{};
  };
  search.run();
  CHECK(asked == std::vector{small});
}

TEST_CASE("what the costs throw ends the search, and what was under way is kept") {
  fake::Search search(fake::list({small, large}));
  search.more_costs = [](const Genotype& genotype, const Architecture&) -> Metrics {
    if (genotype == large) throw Error(ErrorKind::config, "no such step");
    return {};
  };
  CHECK_THROWS_WITH(search.run(), "no such step");
  CHECK(search.journal.saved.size() == 1);
}

TEST_CASE("a feasible proposal ends a row of infeasible ones") {
  fake::Search search(fake::list({large, large, small, large, large, small}));
  search.settings.limits = limits;
  search.settings.patience = 3;
  CHECK(search.run().trials.size() == 2);
}

TEST_CASE("an architecture already told is recorded as reused, with the metrics of the first") {
  fake::Search search(fake::list({small, large, small, large}));
  search.settings.window = 1;
  const std::vector<Trial> trials = search.run().trials;
  REQUIRE(trials.size() == 4);
  CHECK(search.estimator.calls == 2);
  CHECK(trials[2].status == TrialStatus::reused);
  CHECK(trials[2].reused_from == 0);
  CHECK(trials[2].metrics == trials[0].metrics);
  CHECK(trials[3].reused_from == 1);
  CHECK(search.journal.saved.size() == 4);
  CHECK(search.strategy.results[2].kind == Result::Kind::measured);
  CHECK(search.strategy.results[2].values == search.strategy.results[0].values);
}

TEST_CASE("an architecture that is finished but not told is evaluated again, with another seed") {
  fake::Search search(fake::list({small, small, small}));  // serial: finished at once
  search.settings.window = 3;
  const std::vector<Trial> trials = search.run().trials;
  CHECK(search.estimator.calls == 3);
  CHECK(trials[1].status == TrialStatus::ok);
  CHECK(trials[1].metrics != trials[0].metrics);
}

TEST_CASE("another fidelity is another measurement") {
  fake::Search search([](fake::Strategy& strategy) -> std::optional<Proposal> {
    const double epochs = static_cast<double>(strategy.told_before_ask.size());
    if (epochs > 3) return std::nullopt;
    return Proposal{small, Fidelity{epochs, 1}, {}};
  });
  search.settings.window = 1;
  search.run();
  CHECK(search.estimator.calls == 3);
}

TEST_CASE("an estimator without reuse keys charges every proposal") {
  fake::Search search(fake::list({small, small, small}));
  search.settings.window = 1;
  search.estimator.reuses = false;
  search.run();
  CHECK(search.estimator.calls == 3);
}

TEST_CASE("a failed trial is not reused") {
  fake::Search search(fake::list({small, small}), [](auto&&...) {
    return Measurement{Measurement::Status::failed, "diverged", {}};
  });
  search.settings.window = 1;
  search.run();
  CHECK(search.estimator.calls == 2);
}

TEST_CASE("nothing but reused trials ends the search") {
  fake::Search search(always(small));
  search.settings.window = 2;
  search.settings.patience = 10;
  search.settings.trials = 1000;
  const SearchOutcome outcome = search.run();
  CHECK(outcome.end == SearchEnd::only_reused);
  // The window's two trials are measured, then ten are reused.
  CHECK(outcome.trials.size() == 12);
  CHECK(search.journal.saved.size() == 12);

  fake::Search again(always(small));
  again.settings = search.settings;
  CHECK(again.run(std::span(outcome.trials).first(8)).end == SearchEnd::only_reused);
}

TEST_CASE("a trial has the metrics of the cost model and of the estimator") {
  fake::Search search(fake::list({small}));
  const Trial trial = search.run().trials.front();
  CHECK(trial.metrics.at("params") == 136);
  CHECK(trial.metrics.contains("val_accuracy"));
  CHECK(trial.fidelity == Fidelity{1, 0.5});
  CHECK_FALSE(trial.architecture_hash.empty());
}
