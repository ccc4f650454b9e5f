#include <map>
#include <memory>
#include <numeric>

#include <catch2/catch.hpp>

#include "tests/search/fakes.hpp"

using namespace nas;

namespace {

/// Lets the trials of each block of `window` consecutive ids complete in a random order. Each block
/// is proposed as a whole before any of it has to be told, so nobody waits for a trial that does
/// not exist yet.
class ShuffledCompletion {
 public:
  ShuffledCompletion(std::uint64_t run_seed, int window, int blocks, std::uint64_t order_seed) {
    Random random(order_seed);
    std::vector<std::int64_t> order(static_cast<std::size_t>(window));
    for (int block = 0; block < blocks; ++block) {
      std::iota(order.begin(), order.end(), std::int64_t{block} * window);
      random.shuffle(std::span(order));
      std::shared_ptr<fake::Latch> before;
      for (const std::int64_t id : order) {
        const auto after = std::make_shared<fake::Latch>();
        turns_[derive_seed(run_seed, "trial", static_cast<std::uint64_t>(id))] = {before, after};
        before = after;
      }
    }
  }

  fake::Estimator::Estimate estimate() {
    return [this](const Candidate&, const Fidelity&, std::uint64_t seed, const EstimateServices&) {
      const Turn& turn = turns_.at(seed);
      if (turn.before) turn.before->wait();
      turn.after->open();
      return fake::Estimator::ok(fake::accuracy_of(seed));
    };
  }

 private:
  struct Turn {
    std::shared_ptr<fake::Latch> before, after;
  };
  std::map<std::uint64_t, Turn> turns_;
};

std::vector<std::size_t> told_before(int trials, int window) {
  std::vector<std::size_t> expected;
  for (int k = 0; k < trials; ++k) {
    expected.push_back(static_cast<std::size_t>(std::max(0, k - window + 1)));
  }
  return expected;
}

bool in_order_of_ids(const std::vector<Result>& results) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].trial != static_cast<std::int64_t>(i)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("proposal k sees exactly the results 0 … k - W, in order, however trials complete") {
  constexpr int window = 5;
  constexpr int blocks = 6;
  const std::uint64_t order_seed = GENERATE(1u, 2u, 3u, 4u);
  fake::Search search;
  ShuffledCompletion shuffled(search.settings.seed, window, blocks, order_seed);
  fake::Estimator estimator(shuffled.estimate());
  estimator.reuses = false;  // every trial takes its turn
  search.settings.window = window;
  search.settings.trials = window * blocks;
  const auto executor = make_thread_executor(window);

  run_search(search.settings,
             {search.space, search.strategy, estimator, *executor, search.cancel, search.journal});

  CHECK(search.strategy.told_before_ask == told_before(window * blocks, window));
  CHECK(in_order_of_ids(search.strategy.results));
}

TEST_CASE("the number of workers and the order of completion change no trial") {
  constexpr int window = 5;
  constexpr int blocks = 6;
  fake::Search serial;
  serial.settings.window = window;
  serial.settings.trials = window * blocks;
  serial.estimator.reuses = false;
  const SearchOutcome expected = serial.run();
  REQUIRE(expected.trials.size() == window * blocks);

  const int jobs = GENERATE(1, 2, 5);
  fake::Search parallel;
  parallel.settings = serial.settings;
  parallel.executor = make_thread_executor(jobs);
  parallel.estimator.reuses = false;
  CHECK(fake::same_trials(parallel.run().trials, expected.trials));

  fake::Search shuffled;
  ShuffledCompletion order(serial.settings.seed, window, blocks, 9);
  fake::Estimator estimator(order.estimate());
  estimator.reuses = false;
  const auto executor = make_thread_executor(window);
  const SearchOutcome outcome = run_search(
      serial.settings,
      {shuffled.space, shuffled.strategy, estimator, *executor, shuffled.cancel, shuffled.journal});
  CHECK(fake::same_trials(outcome.trials, expected.trials));
}

TEST_CASE("another window gives other trials, so the schedule is what decides") {
  fake::Search narrow, wide;
  narrow.settings.window = 1;
  wide.settings.window = 8;
  CHECK_FALSE(fake::same_trials(narrow.run().trials, wide.run().trials));
}

TEST_CASE("a trial's seed follows from the run's seed and its id") {
  fake::Search search;
  for (const Trial& trial : search.run().trials) {
    CHECK(trial.seed ==
          derive_seed(search.settings.seed, "trial", static_cast<std::uint64_t>(trial.id)));
  }
}

TEST_CASE("a strategy that proposes nothing is told the next result and asked again") {
  // Wants the result of every trial before it proposes the next.
  fake::Search search(
      [proposed = std::size_t{0}](fake::Strategy& strategy) mutable -> std::optional<Proposal> {
        if (proposed > strategy.results.size()) return std::nullopt;
        ++proposed;
        return Proposal{strategy.dependent_on_all_results(), {}, {}};
      });
  search.settings.trials = 6;
  const SearchOutcome outcome = search.run();
  CHECK(outcome.trials.size() == 6);
  CHECK(search.strategy.told_before_ask ==
        std::vector<std::size_t>{0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5});
}

TEST_CASE("a trial is told only after the journal has it") {
  fake::Search search;
  search.executor = make_thread_executor(3);
  std::size_t told_too_early = 0;
  search.journal.on_finished = [&](std::span<const Trial> trials) {
    for (const Trial& trial : trials) {
      for (const Result& result : search.strategy.results) {
        told_too_early += result.trial == trial.id;
      }
    }
  };
  search.run();
  CHECK(told_too_early == 0);
  CHECK(search.journal.saved.size() == 20);
}

TEST_CASE("what has completed by one wake-up goes to the journal in one call") {
  fake::Search search;  // a serial executor: the whole window completes before the loop looks
  search.settings.window = 4;
  search.settings.trials = 4;
  search.run();
  CHECK(search.journal.batches == std::vector<std::size_t>{4});
}

TEST_CASE("asynchronous results are told in the order of completion") {
  constexpr int window = 3;
  fake::Search search;
  // Trial 0 completes only after trial 1 has been told: in order of ids that would never end.
  fake::Latch first_told;
  fake::Strategy strategy(search.space, [&](fake::Strategy& self) {
    if (!self.results.empty()) first_told.open();
    return Proposal{self.dependent_on_all_results(), {}, {}};
  });
  const std::uint64_t first_seed = derive_seed(search.settings.seed, "trial", 0);
  fake::Estimator estimator(
      [&](const Candidate&, const Fidelity&, std::uint64_t seed, const EstimateServices&) {
        if (seed == first_seed) first_told.wait();
        return fake::Estimator::ok(fake::accuracy_of(seed));
      });
  search.settings.async = true;
  search.settings.window = window;
  const auto executor = make_thread_executor(window);
  const SearchOutcome outcome =
      run_search(search.settings,
                 {search.space, strategy, estimator, *executor, search.cancel, search.journal});
  CHECK(outcome.end == SearchEnd::trials_done);
  CHECK(outcome.trials.size() == 20);
  CHECK(strategy.results.front().trial != 0);
}

TEST_CASE("while the loop waits, the journal hears of the trials that run and of their progress") {
  fake::Latch reported;
  fake::Search search({}, [&](const Candidate&, const Fidelity&, std::uint64_t seed,
                              const EstimateServices& services) {
    services.progress(0.25);
    reported.wait();
    return fake::Estimator::ok(fake::accuracy_of(seed));
  });
  search.settings.trials = 3;
  search.executor = make_thread_executor(1);
  std::vector<SearchJournal::Running> seen;
  search.journal.on_waiting = [&](std::span<const SearchJournal::Running> running) {
    if (!running.empty() && running.front().progress > 0) {
      if (seen.empty()) seen.assign(running.begin(), running.end());
      reported.open();
    }
  };
  search.run();
  REQUIRE(seen.size() == 1);  // the others are queued
  CHECK(seen.front().id == 0);
  CHECK(seen.front().progress == 0.25);
}
