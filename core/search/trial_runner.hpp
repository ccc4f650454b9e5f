/// The trials under way: a queue that the executor's workers empty in the order of ids.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/cancel_token.hpp"
#include "core/base/executor.hpp"
#include "core/search/blueprint.hpp"
#include "core/search/estimator.hpp"
#include "core/search/search_loop.hpp"

namespace nas {

/// Work for one trial.
struct TrialJob {
  std::int64_t id = 0;
  Fidelity fidelity;
  std::uint64_t seed = 0;
  std::unique_ptr<const Blueprint> blueprint;
  TrialCheckpoints checkpoints = {};
  std::optional<Fidelity> continued = {};
  std::shared_ptr<const std::vector<LearningCurve>> told = {};  ///< null: none
};

struct TrialCompletion {
  std::int64_t id = 0;
  Measurement measurement;
  double seconds = 0;
};

/// Used by one thread, the search loop's; only the estimator runs elsewhere.
class TrialRunner {
 public:
  TrialRunner(Estimator& estimator, Executor& executor, const CancelToken& cancel);
  /// Waits for the trials that run; the others are dropped.
  ~TrialRunner();

  void start(TrialJob job);
  /// From now on trials that have not begun end as cancelled.
  void stop_beginning();
  /// Trials handed over whose completion has not been taken.
  std::size_t outstanding() const { return outstanding_; }
  /// Waits, no longer than `patience`, until there is something to take.
  void wait_for(std::chrono::steady_clock::duration patience);
  /// Everything that has completed, in order of completion.
  std::vector<TrialCompletion> take();
  /// Trials that have begun and not completed, in the order of ids.
  std::vector<SearchJournal::Running> running() const;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;  ///< also held by the tasks: a worker leaves it last
  Executor& executor_;
  std::size_t outstanding_ = 0;
};

}  // namespace nas
