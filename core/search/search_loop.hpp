/// The search loop: asks, checks limits, evaluates in parallel, tells in order.
///
/// Proposal k is asked for after exactly the results 0 … k - W have been told, in the order of ids,
/// whatever the number of workers; so the same seed gives the same trials, bit for bit.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/base/cancel_token.hpp"
#include "core/base/executor.hpp"
#include "core/search/checkpoints.hpp"
#include "core/search/derived_metric.hpp"
#include "core/search/estimator.hpp"
#include "core/search/objective.hpp"
#include "core/search/search_space.hpp"
#include "core/search/strategy.hpp"
#include "core/search/trial.hpp"

namespace nas {

struct SearchSettings {
  std::uint64_t seed = 0;
  std::int64_t trials = 0;
  int window = 8;
  bool async = false;             ///< deliver in the order of completion; not repeatable
  double time_limit_seconds = 0;  ///< 0: none; start no new trial after it; not repeatable
  std::vector<Objective> objectives;
  std::vector<Limit> limits;
  /// Nothing more is proposed once the trials that the strategy has been told of, in the order of
  /// ids, have spent one of these. Trials under way then, `window` - 1 at most, end and count.
  std::vector<Budget> budgets;
  /// Proposals in a row that end the search where they are infeasible, are reused or, under a
  /// budget, spend nothing.
  int patience = 1000;
  std::vector<DerivedMetric> derived;  ///< added to what has been measured; may be objectives
};

/// Receives what happens, from the thread that called `run_search`.
class SearchJournal {
 public:
  virtual ~SearchJournal() = default;
  /// `trials` have finished. They are durable when this returns.
  virtual void finished(std::span<const Trial> trials) = 0;
  /// The trial has been handed to a worker.
  virtual void started(std::int64_t id) = 0;
  /// Called every 100 ms or so while the loop waits, with each running trial's progress 0 … 1.
  struct Running {
    std::int64_t id;
    double progress;
  };
  virtual void waiting(std::span<const Running> running) = 0;
  /// The strategy has something to say of a proposal that no previous run has made.
  virtual void noted(const std::string& note) = 0;
};

enum class SearchEnd {
  trials_done,        ///< as many trials as asked for
  strategy_finished,  ///< the strategy had nothing more to propose
  only_reused,        ///< `patience` proposals in a row were already measured
  budget_spent,
  nothing_spent,  ///< `patience` trials in a row took nothing from any budget
  time_limit,
  interrupted,  ///< the cancel token; resumable
};

struct SearchOutcome {
  SearchEnd end = SearchEnd::trials_done;
  std::vector<Trial> trials;  ///< finished ones in the order of ids; gaps only if interrupted
};

struct SearchParts {
  const SearchSpace& space;
  Strategy& strategy;
  Estimator& estimator;
  Executor& executor;
  const CancelToken& cancel;
  SearchJournal& journal;
  /// Seconds that have passed, for the time limit; the steady clock if empty.
  std::function<double()> clock = {};
  /// What a proposal costs that its shapes alone do not say, such as its latency; empty: nothing.
  /// A function of its arguments, asked only for what no limit excludes before. What it throws ends
  /// the search.
  std::function<Metrics(const Genotype&, const Architecture&)> more_costs = {};
  /// Of estimators that have checkpoints; null: every trial trains from its start.
  CheckpointStore* checkpoints = nullptr;
};

/// Whether the loop has architectures built: only where the estimator needs them, or an objective,
/// limit or budget is about what they cost. (`more_costs` needs them too.) Otherwise trials have
/// neither costs nor a hash.
bool needs_architectures(const SearchSettings& settings, const Estimator& estimator);

/// `previous` are the finished trials of an interrupted run: the strategy is asked again from the
/// start, and these results stand in for evaluations. Where delivery is `async` its proposals do
/// not repeat: then it is told these results first, and its proposals take the ids that are free.
///
/// Throws Error(infeasible), naming the limit and the smallest value seen, after `patience`
/// infeasible proposals in a row; Error(not_deterministic) where a proposal differs from a previous
/// one; Error(plugin) where the strategy throws, proposes an invalid genotype, or never proposes.
/// In all these cases outstanding trials are finished and handed to the journal first. A trial
/// whose measurement lacks an objective, or has no finite number there, is recorded as failed; no
/// metric that is not finite is recorded.
SearchOutcome run_search(const SearchSettings& settings, const SearchParts& parts,
                         std::span<const Trial> previous = {});

}  // namespace nas
