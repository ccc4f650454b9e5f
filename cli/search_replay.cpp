#include "cli/search_replay.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "cli/trial_difference.hpp"
#include "core/base/error.hpp"
#include "core/base/executor.hpp"
#include "core/search/search_loop.hpp"

namespace nas::cli {

namespace {

/// Ends a replay at the first difference.
struct Differs {
  std::string what;
};

/// Measures nothing: a trial has what was recorded of it. Of the search that it serves everything
/// is done in one thread, so that the journal knows which trial is measured next.
class RecordedEstimator final : public Estimator, public SearchJournal {
 public:
  RecordedEstimator(const Experiment& experiment, const RecordedSearch& recorded,
                    const std::set<std::int64_t>& wanted)
      : experiment_(experiment),
        original_(*experiment.evaluator.estimator),
        recorded_(recorded),
        wanted_(wanted) {
    for (const Trial& trial : recorded.trials) trials_.emplace(trial.id, &trial);
  }

  void prepare(const EstimatorContext&) override {}
  bool needs_data() const override { return original_.needs_data(); }
  bool needs_architecture() const override { return original_.needs_architecture(); }
  Fidelity default_fidelity() const override { return original_.default_fidelity(); }
  std::vector<std::string> metrics() const override { return original_.metrics(); }
  std::optional<std::string> reuse_key(const Candidate& candidate) const override {
    return original_.reuse_key(candidate);
  }

  Measurement estimate(const Candidate& candidate, const Fidelity&, std::uint64_t,
                       const EstimateServices& services) override {
    const auto found = trials_.find(next_);
    if (found == trials_.end()) {
      // It was under way when the run ended: whatever is told of it here, nothing follows there.
      return {Measurement::Status::failed, "not recorded", {}};
    }
    const Trial& trial = *found->second;
    if (wanted_.contains(next_)) {
      contexts_[next_] = {services.continued, {services.told.begin(), services.told.end()}};
    }
    return {
        trial.status == TrialStatus::failed ? Measurement::Status::failed : Measurement::Status::ok,
        trial.reason, measured_metrics(trial, !candidate.hash.empty()), trial.curve};
  }

  void started(std::int64_t id) override {
    next_ = id;
    if (trials_.contains(id)) return;
    const bool may_be_under_way =
        !recorded_.is_finished &&
        trials_.lower_bound(id + experiment_.config.window) == trials_.end();
    if (!may_be_under_way) throw Differs{fmt::format("trial {} is missing", id)};
  }

  void finished(std::span<const Trial> trials) override {
    for (const Trial& trial : trials) {
      seen_ = std::max(seen_, trial.id);
      const auto recorded = trials_.find(trial.id);
      if (recorded == trials_.end()) continue;
      if (const auto what = difference(*recorded->second, trial)) {
        throw Differs{fmt::format("trial {}: {}", trial.id, *what)};
      }
    }
  }

  void waiting(std::span<const Running>) override {}
  void noted(const std::string&) override {}

  std::int64_t seen() const { return seen_; }
  std::map<std::int64_t, TrialContext> take_contexts() { return std::move(contexts_); }

 private:
  /// Without what the loop adds, so that it is computed anew.
  Metrics measured_metrics(const Trial& trial, bool has_costs) const {
    Metrics metrics = trial.metrics;
    for (const DerivedMetric& derived : experiment_.derived) metrics.erase(derived.name);
    std::erase_if(metrics, [&](const auto& metric) {
      return has_costs && (is_cost_metric(metric.first) ||
                           (experiment_.evaluator.latency && metric.first == latency_metric));
    });
    return metrics;
  }

  const Experiment& experiment_;
  Estimator& original_;
  const RecordedSearch& recorded_;
  const std::set<std::int64_t>& wanted_;
  std::map<std::int64_t, const Trial*> trials_;
  std::map<std::int64_t, TrialContext> contexts_;
  std::int64_t next_ = 0;
  std::int64_t seen_ = -1;
};

}  // namespace

Replay replay_search(const Experiment& experiment, const RecordedSearch& recorded,
                     const std::set<std::int64_t>& wanted, const CancelToken& cancel) {
  Replay replay;
  SearchSettings settings = search_settings(experiment);
  settings.time_limit_seconds = 0;
  if (!recorded.is_finished) settings.trials = recorded.trials.back().id + 1;
  RecordedEstimator estimator(experiment, recorded, wanted);
  const auto executor = make_serial_executor();
  try {
    const SearchOutcome outcome = run_search(settings, {*experiment.evaluator.space,
                                                        *experiment.strategy,
                                                        estimator,
                                                        *executor,
                                                        cancel,
                                                        estimator,
                                                        {},
                                                        latency_costs(experiment.evaluator)});
    replay.cancelled = outcome.end == SearchEnd::interrupted;
    if (!replay.cancelled && estimator.seen() < recorded.trials.back().id) {
      replay.difference = fmt::format("trial {}: recorded, but the search ends after trial {}",
                                      recorded.trials.back().id, estimator.seen());
    }
  } catch (const Differs& differs) {
    replay.difference = differs.what;
  } catch (const Error& error) {
    replay.difference = fmt::format("the search does not repeat: {}", error.what());
  }
  replay.contexts = estimator.take_contexts();
  return replay;
}

}  // namespace nas::cli
