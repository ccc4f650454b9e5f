#include <cmath>
#include <limits>
#include <new>
#include <stdexcept>

#include <catch2/catch.hpp>

#include "core/base/error.hpp"
#include "tests/search/fakes.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

ErrorKind kind_of(fake::Search& search) {
  try {
    search.run();
  } catch (const Error& error) {
    return error.kind();
  }
  return ErrorKind::internal;
}

/// Proposes at random until its `n`-th ask, which does something else.
template <typename Last>
fake::Strategy::Ask until(std::size_t n, Last last) {
  return [n, last](fake::Strategy& strategy) -> std::optional<Proposal> {
    if (strategy.told_before_ask.size() == n) return last();
    return Proposal{strategy.dependent_on_all_results(), {}, {}};
  };
}

}  // namespace

TEST_CASE("a failed trial is kept with its reason, told as failed, and the search goes on") {
  fake::Search search({},
                      [](const Candidate&, const Fidelity&, std::uint64_t seed,
                         const EstimateServices&) -> Measurement {
                        if (seed == derive_seed(11, "trial", 2))
                          return {Measurement::Status::failed, "diverged", {}};
                        return fake::Estimator::ok(fake::accuracy_of(seed));
                      });
  const SearchOutcome outcome = search.run();
  CHECK(outcome.end == SearchEnd::trials_done);
  REQUIRE(outcome.trials.size() == 20);
  CHECK(outcome.trials[2].status == TrialStatus::failed);
  CHECK(outcome.trials[2].reason == "diverged");
  CHECK(search.strategy.results[2].kind == Result::Kind::failed);
  CHECK(search.strategy.results[2].values.empty());
  CHECK(search.strategy.results[3].kind == Result::Kind::measured);
}

TEST_CASE("whatever an estimator throws or gets wrong becomes a failed trial") {
  using Case = std::pair<std::string, fake::Estimator::Estimate>;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto [reason, estimate] = GENERATE_COPY(values<Case>({
      {"no such table",
       [](auto&&...) -> Measurement { throw std::runtime_error("no such table"); }},
      {"out of memory", [](auto&&...) -> Measurement { throw std::bad_alloc(); }},
      {"no std::exception", [](auto&&...) -> Measurement { throw 7; }},
      {"reports no 'val_accuracy'", [](auto&&...) { return Measurement{}; }},
      {"'val_accuracy' is nan", [nan](auto&&...) { return fake::Estimator::ok(nan); }},
      {"nobody cancelled",
       [](auto&&...) {
         return Measurement{Measurement::Status::cancelled, {}, {}};
       }},
  }));
  fake::Search search({}, estimate);
  search.settings.trials = 3;
  const SearchOutcome outcome = search.run();
  REQUIRE(outcome.trials.size() == 3);
  for (const Trial& trial : outcome.trials) {
    CHECK(trial.status == TrialStatus::failed);
    CHECK_THAT(trial.reason, Contains(reason));
  }
}

TEST_CASE("metrics that are not finite are not recorded") {
  fake::Search search({}, [](auto&&...) {
    Measurement measurement = fake::Estimator::ok(0.5);
    measurement.metrics["val_loss"] = std::numeric_limits<double>::infinity();
    return measurement;
  });
  search.settings.trials = 1;
  const Trial trial = search.run().trials.front();
  CHECK(trial.status == TrialStatus::ok);
  CHECK_FALSE(trial.metrics.contains("val_loss"));
}

TEST_CASE("a strategy that throws is an error, after outstanding trials are saved") {
  fake::Search search(
      until(6, []() -> std::optional<Proposal> { throw std::runtime_error("no idea left"); }));
  search.executor = make_thread_executor(2);
  CHECK_THROWS_WITH(search.run(), Contains("strategy failed in ask: no idea left"));
  CHECK(search.journal.saved_ids() == std::set<std::int64_t>{0, 1, 2, 3, 4});
}

TEST_CASE("what the strategy does wrong is an error of the plugin") {
  const auto proposal = [](Proposal wrong) {
    return until(3, [wrong]() -> std::optional<Proposal> { return wrong; });
  };
  const auto check = [](fake::Strategy::Ask ask, const std::string& message) {
    fake::Search search(ask), again(ask);
    CHECK_THROWS_WITH(search.run(), Contains(message));
    CHECK(kind_of(again) == ErrorKind::plugin);
    CHECK(search.journal.saved.size() == 2);
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  check(proposal({{{0, 9, 0}}, {}, {}}), "invalid genotype: genotype [0,9,0]");
  check(proposal({{{0}}, {}, {}}), "has 1 answers");
  check(proposal({{{0, 0, 0}}, Fidelity{nan, 1}, {}}), "fidelity");
  check(proposal({{{0, 0, 0}}, Fidelity{1, 1, 1.5}, {}}), "shares are in (0, 1]");
  check(proposal({{{0, 0, 0}}, Fidelity{1, 0}, {}}), "shares are in (0, 1]");
  check(proposal({{{0, 0, 0}}, {}, 1}), "continues trial '1'");
  check(until(3, []() -> std::optional<Proposal> { throw 7; }), "no std::exception");
}

TEST_CASE("a strategy that throws when told is an error of the plugin") {
  class Deaf : public fake::Strategy {
   public:
    using fake::Strategy::Strategy;
    void tell(const Result&) override { throw std::runtime_error("cannot hear"); }
  };
  fake::Search search;
  Deaf deaf(search.space);
  CHECK_THROWS_WITH(run_search(search.settings, {search.space, deaf, search.estimator,
                                                 *search.executor, search.cancel, search.journal}),
                    Contains("failed in tell: cannot hear"));
  CHECK(search.journal.saved.size() == 4);
}

TEST_CASE("a strategy that never proposes is an error") {
  fake::Search search(fake::list({}));
  CHECK_THROWS_WITH(search.run(), Contains("proposed nothing"));
  CHECK(kind_of(search) == ErrorKind::plugin);
}

TEST_CASE("an error of the journal ends the search after the running trials have ended") {
  fake::Search search;
  search.executor = make_thread_executor(2);
  search.journal.on_finished = [](std::span<const Trial>) {
    throw Error(ErrorKind::io, "disk full");
  };
  CHECK_THROWS_WITH(search.run(), "disk full");
  CHECK(search.strategy.results.empty());
}

TEST_CASE("a trial that the journal could not take is offered again") {
  fake::Search search;
  int calls = 0;
  search.journal.on_finished = [&calls](std::span<const Trial>) {
    if (calls++ == 0) throw Error(ErrorKind::io, "disk full");
  };
  CHECK_THROWS_WITH(search.run(), "disk full");
  CHECK(search.journal.saved.size() == 4);
}

TEST_CASE("a window of nothing is refused") {
  fake::Search search;
  search.settings.window = 0;
  CHECK_THROWS_WITH(search.run(), Contains("window is '0'"));
}
