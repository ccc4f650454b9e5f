#include <atomic>

#include <catch2/catch.hpp>

#include "tests/search/fakes.hpp"

using namespace nas;

TEST_CASE("a search ends after as many trials as asked for") {
  fake::Search search;
  const SearchOutcome outcome = search.run();
  CHECK(outcome.end == SearchEnd::trials_done);
  CHECK(outcome.trials.size() == 20);
  CHECK(search.strategy.told_before_ask.size() == 20);
  CHECK(search.journal.begun.size() == 20);
}

TEST_CASE("a search ends when the strategy has nothing more, with every result told") {
  fake::Search search(fake::list({{{0, 0, 0}}, {{1, 0, 0}}, {{2, 0, 0}}}));
  const SearchOutcome outcome = search.run();
  CHECK(outcome.end == SearchEnd::strategy_finished);
  CHECK(outcome.trials.size() == 3);
  CHECK(search.strategy.results.size() == 3);
}

TEST_CASE("after the first signal running trials end and no other begins") {
  fake::Search search;
  fake::Estimator estimator(
      [&](const Candidate&, const Fidelity&, std::uint64_t seed, const EstimateServices&) {
        search.cancel.raise(CancelToken::Level::stop_soon);
        return fake::Estimator::ok(fake::accuracy_of(seed));
      });
  const auto executor = make_thread_executor(1);
  const SearchOutcome outcome = run_search(
      search.settings,
      {search.space, search.strategy, estimator, *executor, search.cancel, search.journal});
  CHECK(outcome.end == SearchEnd::interrupted);
  CHECK(search.journal.saved_ids() == std::set<std::int64_t>{0});
  CHECK(outcome.trials.size() == 1);
  CHECK(estimator.calls == 1);
}

TEST_CASE("a cancelled trial is neither saved nor told, and runs again on resume") {
  fake::Search search;
  fake::Estimator estimator([&](const Candidate&, const Fidelity&, std::uint64_t seed,
                                const EstimateServices&) -> Measurement {
    if (seed == derive_seed(11, "trial", 3)) {
      search.cancel.raise(CancelToken::Level::stop_now);
      return {Measurement::Status::cancelled, {}, {}};
    }
    return fake::Estimator::ok(fake::accuracy_of(seed));
  });
  const SearchOutcome outcome = run_search(
      search.settings,
      {search.space, search.strategy, estimator, *search.executor, search.cancel, search.journal});
  CHECK(outcome.end == SearchEnd::interrupted);
  CHECK(search.journal.saved_ids() == std::set<std::int64_t>{0, 1, 2});

  fake::Search whole, resumed;
  const SearchOutcome expected = whole.run();
  CHECK(fake::same_trials(resumed.run(outcome.trials).trials, expected.trials));
  CHECK(resumed.journal.begun.front() == 3);
}

TEST_CASE("a signal after the last trial has ended changes nothing") {
  fake::Search search;
  search.journal.on_finished = [&](std::span<const Trial> trials) {
    if (trials.back().id == 19) search.cancel.raise(CancelToken::Level::stop_soon);
  };
  const SearchOutcome outcome = search.run();
  CHECK(outcome.end == SearchEnd::trials_done);
  CHECK(outcome.trials.size() == 20);
}

TEST_CASE("after the time limit no trial starts") {
  fake::Search search;
  // Passes a second whenever it is looked at.
  search.clock = [seconds = 0.0]() mutable { return seconds++; };
  search.settings.time_limit_seconds = 6;
  const SearchOutcome outcome = search.run();
  CHECK(outcome.end == SearchEnd::time_limit);
  CHECK(outcome.trials.size() < 20);
  CHECK(outcome.trials.size() > 0);
  CHECK(search.journal.saved.size() == outcome.trials.size());

  fake::Search whole, resumed;
  CHECK(fake::same_trials(resumed.run(outcome.trials).trials, whole.run().trials));
}

TEST_CASE("a trial that waits for a worker when the time is up does not begin") {
  fake::Latch noticed;
  std::atomic<double> seconds = 0;
  fake::Search search(
      {}, [&](const Candidate&, const Fidelity&, std::uint64_t seed, const EstimateServices&) {
        seconds = 10;
        noticed.wait();
        return fake::Estimator::ok(fake::accuracy_of(seed));
      });
  search.executor = make_thread_executor(1);
  search.clock = [&] { return seconds.load(); };
  search.settings.time_limit_seconds = 5;
  // The loop looks at the clock between one report and the next.
  search.journal.on_waiting = [&, reports = 0](std::span<const SearchJournal::Running>) mutable {
    if (seconds > 0 && ++reports == 2) noticed.open();
  };
  const SearchOutcome outcome = search.run();
  CHECK(outcome.end == SearchEnd::time_limit);
  CHECK(search.estimator.calls == 1);
  CHECK(search.journal.saved_ids() == std::set<std::int64_t>{0});
}

TEST_CASE("a search for no trials ends at once") {
  fake::Search search;
  search.settings.trials = 0;
  CHECK(search.run().end == SearchEnd::trials_done);
  CHECK(search.strategy.told_before_ask.empty());
}
