#include <catch2/catch.hpp>

#include "core/base/error.hpp"
#include "tests/search/fakes.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

/// Failures, reuse and infeasible proposals among the trials.
struct EventfulSearch : fake::Search {
  explicit EventfulSearch(fake::Strategy::Ask ask = {}) : fake::Search(std::move(ask), estimate) {
    settings.trials = 30;
    settings.limits = {{"params", 600}};
  }
  static Measurement estimate(const Candidate&, const Fidelity&, std::uint64_t seed,
                              const EstimateServices&) {
    if (seed % 5 == 0) return {Measurement::Status::failed, "diverged", {}};
    return fake::Estimator::ok(fake::accuracy_of(seed));
  }
};

std::vector<Trial> uninterrupted() {
  EventfulSearch search;
  return search.run().trials;
}

}  // namespace

TEST_CASE("the search that resuming is tested on has trials of every kind") {
  const std::vector<Trial> trials = uninterrupted();
  const auto count = [&](TrialStatus status) {
    return std::ranges::count(trials, status, &Trial::status);
  };
  CHECK(count(TrialStatus::ok) > 0);
  CHECK(count(TrialStatus::failed) > 0);
  CHECK(count(TrialStatus::reused) > 0);
}

TEST_CASE("a run resumed from any number of finished trials equals an uninterrupted one") {
  const std::vector<Trial> expected = uninterrupted();
  for (std::size_t done = 0; done <= expected.size(); ++done) {
    EventfulSearch search;
    const SearchOutcome outcome = search.run(std::span(expected).first(done));
    INFO("after " << done << " trials");
    CHECK(fake::same_trials(outcome.trials, expected));
    CHECK(search.journal.saved.size() == expected.size() - done);
  }
}

TEST_CASE("a run resumed with trials missing in the middle evaluates these alone") {
  const std::vector<Trial> expected = uninterrupted();
  const std::uint64_t seed = GENERATE(1u, 2u, 3u, 4u, 5u, 6u);
  Random random(seed);
  std::vector<Trial> previous;
  std::set<std::int64_t> missing;
  for (const Trial& trial : expected) {
    if (random.chance(0.6)) {
      previous.push_back(trial);
    } else {
      missing.insert(trial.id);
    }
  }
  EventfulSearch search;
  CHECK(fake::same_trials(search.run(previous).trials, expected));
  CHECK(search.journal.saved_ids() == missing);
}

TEST_CASE("a strategy that proposes something else on resume is an error") {
  fake::Search search;
  std::vector<Trial> previous = search.run().trials;
  previous.resize(5);
  fake::Search again;

  SECTION("another genotype") {
    previous[3].genotype = {{3, 3, previous[3].genotype.answers[2] == 3 ? 2 : 3}};
    CHECK_THROWS_WITH(again.run(previous), Contains("proposal 3") && Contains("[3,3,"));
  }
  SECTION("another fidelity") {
    previous[2].fidelity.epochs = 7;
    CHECK_THROWS_WITH(again.run(previous), Contains("proposal 2") && Contains("7 epochs"));
  }
  SECTION("fewer proposals") {
    fake::Search shorter(fake::list({previous[0].genotype, previous[1].genotype}));
    CHECK_THROWS_WITH(shorter.run(previous),
                      Contains("ended after 2 proposals") && Contains("trial 2"));
  }
  SECTION("has a kind of its own") {
    previous[0].fidelity.epochs = 7;
    try {
      again.run(previous);
      FAIL("no exception");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::not_deterministic);
    }
  }
}

TEST_CASE("stored trials without the objective cannot be resumed from") {
  fake::Search search;
  std::vector<Trial> previous = search.run().trials;
  previous[0].metrics.erase("val_accuracy");
  fake::Search again;
  CHECK_THROWS_WITH(again.run(previous), Contains("trial 0") && Contains("val_accuracy"));
}

TEST_CASE("an interrupted resume keeps every previous trial") {
  fake::Search search;
  const std::vector<Trial> previous = search.run().trials;
  fake::Search again;
  again.settings.trials = 40;
  again.cancel.raise(CancelToken::Level::stop_soon);
  const SearchOutcome outcome = again.run(previous);
  CHECK(outcome.end == SearchEnd::interrupted);
  CHECK(fake::same_trials(outcome.trials, previous));
}

TEST_CASE("an asynchronous run resumes with what it has, under the ids that are free") {
  fake::Search search;
  search.settings.async = true;
  std::vector<Trial> previous = search.run().trials;
  std::erase_if(previous, [](const Trial& trial) { return trial.id == 4 || trial.id > 10; });

  fake::Search again;
  again.settings.async = true;
  const SearchOutcome outcome = again.run(previous);
  CHECK(outcome.end == SearchEnd::trials_done);
  REQUIRE(outcome.trials.size() == 20);
  for (std::int64_t id = 0; id < 20; ++id) {
    CHECK(outcome.trials[static_cast<std::size_t>(id)].id == id);
  }
  CHECK(again.strategy.told_before_ask.front() == previous.size());
  CHECK(again.journal.begun.front() == 4);
}

TEST_CASE("an asynchronous run with gaps resumes to the end of its strategy") {
  fake::Search search;
  search.settings.async = true;
  std::vector<Trial> previous = search.run().trials;
  std::erase_if(previous, [](const Trial& trial) { return trial.id % 2 == 1; });
  fake::Search again(fake::list({}));
  again.settings.async = true;
  CHECK(again.run(previous).end == SearchEnd::strategy_finished);
}

TEST_CASE("what a strategy notes goes to the journal, on resume of new proposals alone") {
  const auto notes_of = [](std::size_t done) {
    const std::vector<Trial> expected = uninterrupted();
    EventfulSearch search([](fake::Strategy& self) {
      self.notes = {fmt::format("proposal {}", self.told_before_ask.size())};
      return Proposal{self.dependent_on_all_results(), {}, {}};
    });
    search.run(std::span(expected).first(done));
    return search.journal.notes;
  };
  const std::vector<std::string> all = notes_of(0);
  CHECK(all.size() >= 30);  // infeasible proposals have theirs
  const std::vector<std::string> later = notes_of(20);
  CHECK(later.size() < all.size());
  CHECK(std::ranges::equal(later, std::span(all).last(later.size())));
  CHECK(notes_of(30).empty());
}
