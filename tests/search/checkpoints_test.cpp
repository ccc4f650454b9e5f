#include "core/search/checkpoints.hpp"

#include <catch2/catch.hpp>

#include "tests/search/fakes.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

/// Knows which files it has handed out and which of them it has removed.
class FakeStore : public CheckpointStore {
 public:
  std::filesystem::path file(std::int64_t trial) override { return std::to_string(trial); }
  void remove(std::int64_t trial) override { removed.push_back(trial); }
  void clear() override { ++cleared; }

  std::vector<std::int64_t> removed;
  int cleared = 0;
};

class PickyStrategy : public fake::Strategy {
 public:
  using fake::Strategy::Strategy;
  bool may_continue(std::int64_t trial) const override { return wanted.contains(trial); }
  std::set<std::int64_t> wanted;
};

/// What an estimator was given for each trial, by its epochs.
struct Given {
  std::uint64_t seed;
  TrialCheckpoints checkpoints;
  std::optional<Fidelity> continued;
  std::size_t told;
};

/// Proposes what a list says and keeps what the estimator gets.
struct ContinuingSearch : fake::Search {
  explicit ContinuingSearch(std::vector<Proposal> proposals)
      : fake::Search(
            [proposals](fake::Strategy& asked) -> std::optional<Proposal> {
              const std::size_t next = asked.results.size();
              if (next == proposals.size()) return std::nullopt;
              return proposals[next];  // the window is 1: every result has been told
            },
            [this](const Candidate&, const Fidelity& fidelity, std::uint64_t seed,
                   const EstimateServices& services) {
              given.emplace(fidelity.epochs, Given{seed, services.checkpoints, services.continued,
                                                   services.told.size()});
              Measurement result = fake::Estimator::ok(fidelity.epochs / 100);
              result.curve = {{fidelity.epochs, fidelity.epochs / 100}};
              return result;
            }) {
    settings.window = 1;
  }
  SearchOutcome run_with_store() {
    CheckpointingEstimator checkpointing(estimator);
    return run_search(settings,
                      {space, strategy, checkpointing, *executor, cancel, journal, {}, {}, &store});
  }

  /// The fake estimator, with checkpoints.
  class CheckpointingEstimator : public nas::Estimator {
   public:
    explicit CheckpointingEstimator(fake::Estimator& inner) : inner_(inner) {}
    void prepare(const EstimatorContext&) override {}
    bool needs_data() const override { return false; }
    bool has_checkpoints() const override { return true; }
    Fidelity default_fidelity() const override { return {9, 1}; }
    std::vector<std::string> metrics() const override { return {"val_accuracy"}; }
    Measurement estimate(const Candidate& candidate, const Fidelity& fidelity, std::uint64_t seed,
                         const EstimateServices& services) override {
      return inner_.estimate(candidate, fidelity, seed, services);
    }

   private:
    fake::Estimator& inner_;
  };

  FakeStore store;
  std::map<double, Given> given;
};

Proposal proposal(int width, double epochs, std::optional<std::int64_t> parent = {},
                  bool continuable = false) {
  return {{{width, 0, 0}}, Fidelity{epochs, 1}, parent, continuable};
}

}  // namespace

TEST_CASE("a checkpoint stays until the strategy has done with it and its child has finished") {
  const fake::Space space;
  PickyStrategy strategy(space);
  FakeStore store;
  CheckpointKeeper keeper(&store, strategy);
  CHECK(keeper.begin(3, {}, true).to == "3");
  CHECK(keeper.begin(4, {}, false).to.empty());
  strategy.wanted = {3};
  keeper.finished(3);
  keeper.told(3);
  keeper.remove_old();
  CHECK(store.removed.empty());

  const TrialCheckpoints child = keeper.begin(5, 3, false);
  CHECK(child.from == "3");
  CHECK(child.to.empty());
  strategy.wanted = {};
  keeper.remove_old();
  CHECK(store.removed.empty());
  keeper.finished(5);
  keeper.remove_old();
  CHECK(store.removed == std::vector<std::int64_t>{3});
  keeper.remove_old();
  CHECK(store.removed.size() == 1);
}

TEST_CASE("without a store nothing gets a file") {
  const fake::Space space;
  PickyStrategy strategy(space);
  CheckpointKeeper keeper(nullptr, strategy);
  const TrialCheckpoints files = keeper.begin(1, 0, true);
  CHECK(files.from.empty());
  CHECK(files.to.empty());
  keeper.told(1);
  keeper.remove_old();
  keeper.remove_all();
}

TEST_CASE("a trial that continues another gets its checkpoint, its seed and its fidelity") {
  ContinuingSearch search({proposal(1, 1, {}, true), proposal(2, 2), proposal(1, 9, 0)});
  const auto outcome = search.run_with_store();
  REQUIRE(outcome.trials.size() == 3);
  CHECK(search.given.at(1).checkpoints.to == "0");
  CHECK(search.given.at(1).checkpoints.from.empty());
  CHECK(search.given.at(2).checkpoints.to.empty());
  const Given& child = search.given.at(9);
  CHECK(child.checkpoints.from == "0");
  CHECK(child.seed == search.given.at(1).seed);
  CHECK(child.continued == Fidelity{1, 1});
  CHECK(outcome.trials[2].seed == outcome.trials[0].seed);
  CHECK(outcome.trials[2].parent == 0);
  CHECK(search.store.cleared == 1);  // the search is over
}

TEST_CASE("a trial that continues a reused one goes on from where the result is from") {
  ContinuingSearch search({proposal(1, 1, {}, true), proposal(1, 1, {}, true), proposal(1, 9, 1)});
  const auto outcome = search.run_with_store();
  REQUIRE(outcome.trials[1].status == TrialStatus::reused);
  CHECK(search.given.at(9).checkpoints.from == "0");
  CHECK(search.given.at(9).seed == outcome.trials[0].seed);
}

TEST_CASE("estimates see the learning curves of the trials told before, for any window") {
  ContinuingSearch search({proposal(1, 1), proposal(2, 2), proposal(3, 3)});
  const auto outcome = search.run_with_store();
  CHECK(search.given.at(1).told == 0);
  CHECK(search.given.at(2).told == 1);
  CHECK(search.given.at(3).told == 2);
  CHECK(outcome.trials[2].curve == std::vector<CurvePoint>{{3, 0.03}});
}

TEST_CASE("a search that is interrupted keeps its checkpoints") {
  ContinuingSearch search({proposal(1, 1, {}, true), proposal(2, 2)});
  search.journal.on_finished = [&](std::span<const Trial>) {
    search.cancel.raise(CancelToken::Level::stop_soon);
  };
  CHECK(search.run_with_store().end == SearchEnd::interrupted);
  CHECK(search.store.cleared == 0);
}

TEST_CASE("a trial continues the same network, by epochs alone") {
  const auto rejected = [](Proposal next, const std::string& why) {
    ContinuingSearch search({proposal(1, 3), std::move(next)});
    CHECK_THROWS_WITH(search.run_with_store(), Contains(why));
  };
  rejected(proposal(2, 9, 0), "continues trial '0', which is [1,0,0], by [2,0,0]");
  rejected(proposal(1, 3, 0), "only epochs may be added");
  rejected({{{1, 0, 0}}, Fidelity{9, 0.5}, 0}, "only epochs may be added");
  rejected({{{1, 0, 0}}, Fidelity{9, 1, 0.5}, 0}, "only epochs may be added");
}
