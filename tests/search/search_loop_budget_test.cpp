// A search ends when its trials have spent what they may.
#include <catch2/catch.hpp>

#include "core/search/spending.hpp"
#include "tests/search/fakes.hpp"

using namespace nas;

namespace {

Measurement measured(std::uint64_t seed, Metrics metrics) {
  metrics.emplace("val_accuracy", fake::accuracy_of(seed));
  return {Measurement::Status::ok, {}, std::move(metrics)};
}

/// Every trial costs 10; the budget allows five.
struct BudgetSearch : fake::Search {
  BudgetSearch()
      : fake::Search(
            {}, [](const Candidate&, const Fidelity&, std::uint64_t seed, const EstimateServices&) {
              return measured(seed, {{"cost", 10}});
            }) {
    estimator.reuses = false;
    settings.trials = 1000;
    settings.window = 1;
    settings.budgets = {{"cost", 50}};
  }
};

}  // namespace

TEST_CASE("with a window of one the trial that reaches the budget is the last") {
  BudgetSearch search;
  const SearchOutcome outcome = search.run();
  CHECK(outcome.end == SearchEnd::budget_spent);
  CHECK(outcome.trials.size() == 5);
}

TEST_CASE("trials under way when the budget is spent end and count") {
  BudgetSearch search;
  search.settings.window = 4;
  const SearchOutcome outcome = search.run();
  CHECK(outcome.end == SearchEnd::budget_spent);
  // Results 0 ... 4 are told before proposal 8 would be asked for.
  CHECK(outcome.trials.size() == 8);
  CHECK(search.journal.saved.size() == 8);
  CHECK(search.strategy.results.size() == 5);
}

TEST_CASE("a budget ends a search at the same trial for every number of jobs") {
  BudgetSearch serial;
  serial.settings.window = 4;
  const std::vector<Trial> expected = serial.run().trials;
  const int jobs = GENERATE(1, 2, 4);
  BudgetSearch search;
  search.settings.window = 4;
  search.executor = make_thread_executor(jobs);
  const SearchOutcome outcome = search.run();
  CHECK(outcome.end == SearchEnd::budget_spent);
  CHECK(fake::same_trials(outcome.trials, expected));
}

TEST_CASE("a resumed search ends where its budget would have ended it") {
  BudgetSearch whole;
  whole.settings.window = 4;
  const std::vector<Trial> expected = whole.run().trials;
  for (std::size_t done = 0; done <= expected.size(); ++done) {
    INFO("after " << done << " trials");
    BudgetSearch search;
    search.settings.window = 4;
    const SearchOutcome outcome = search.run(std::span(expected).first(done));
    CHECK(outcome.end == SearchEnd::budget_spent);
    CHECK(fake::same_trials(outcome.trials, expected));
    CHECK(search.estimator.calls == static_cast<int>(expected.size() - done));
  }
}

TEST_CASE("trials run out before a budget that is not spent") {
  BudgetSearch search;
  search.settings.trials = 3;
  CHECK(search.run().end == SearchEnd::trials_done);
}

TEST_CASE("the first of several budgets that is spent ends the search") {
  BudgetSearch search;
  search.settings.budgets = {{"cost", 1000}, {"params", 300}};
  const SearchOutcome outcome = search.run();
  CHECK(outcome.end == SearchEnd::budget_spent);
  double params = 0;
  for (const Trial& trial : outcome.trials) params += trial.metrics.at("params");
  CHECK(params >= 300);
  CHECK(params - outcome.trials.back().metrics.at("params") < 300);
}

TEST_CASE("a search whose trials spend nothing ends after as many as the patience") {
  BudgetSearch search;
  fake::Estimator free_of_charge;
  free_of_charge.reuses = false;
  search.settings.patience = 30;
  const SearchOutcome outcome =
      run_search(search.settings, {search.space, search.strategy, free_of_charge, *search.executor,
                                   search.cancel, search.journal});
  CHECK(outcome.end == SearchEnd::nothing_spent);
  CHECK(outcome.trials.size() == 30);
}

TEST_CASE("a failed trial spends what it reports, a reused one what its original did") {
  const std::vector<Budget> budgets = {{"cost", 25}};
  Spending spending(budgets);
  Trial trial;
  trial.metrics = {{"cost", 10}};
  spending.add(trial);
  trial.status = TrialStatus::reused;
  spending.add(trial);
  CHECK_FALSE(spending.is_used_up());
  trial.status = TrialStatus::failed;
  spending.add(trial);
  CHECK(spending.is_used_up());
  CHECK(spending.spent() == std::vector<double>{30});
  trial.metrics.clear();
  spending.add(trial);
  CHECK(spending.idle() == 1);
}
