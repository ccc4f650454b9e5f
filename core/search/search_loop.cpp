#include "core/search/search_loop.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/random.hpp"
#include "core/search/blueprint.hpp"
#include "core/search/conversation.hpp"
#include "core/search/feasibility.hpp"
#include "core/search/spending.hpp"
#include "core/search/trial_outcome.hpp"
#include "core/search/trial_runner.hpp"

namespace nas {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds report_interval(100);

double steady_seconds() {
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

class SearchLoop {
 public:
  SearchLoop(const SearchSettings& settings, const SearchParts& parts,
             std::span<const Trial> previous);
  SearchOutcome run();

 private:
  SearchEnd search();
  bool stopping() const;
  SearchEnd stop_reason() const;
  SearchEnd strategy_ended() const;

  bool tell_what_is_due();
  bool tell_next();
  std::optional<std::int64_t> deliverable() const;
  void tell(const Trial& trial);
  void adopt_previous();

  void take_notes();
  void consider(const Proposal& proposal);
  std::unique_ptr<const Blueprint> screen(const Proposal& proposal, Metrics& metrics);
  void add_trial(Trial trial, std::unique_ptr<const Blueprint> blueprint);
  void run(Trial trial, std::unique_ptr<const Blueprint> blueprint);
  const Trial& measured(std::int64_t id) const;
  bool replay(const Trial& trial) const;
  const Trial* reusable(const Trial& trial, const std::optional<std::string>& key) const;

  void collect();
  void complete(TrialCompletion completion);
  void save();
  void report_progress();
  void finish_outstanding();

  using ReuseKey = std::pair<std::string, Fidelity>;

  const SearchSettings& settings_;
  const SearchParts& parts_;
  const std::function<double()> clock_;
  const double start_;
  const bool builds_;
  Conversation conversation_;
  Feasibility feasibility_;
  Spending spending_;
  CheckpointKeeper checkpoints_;

  std::int64_t next_id_ = 0;
  std::int64_t proposed_ = 0;
  int reused_in_a_row_ = 0;
  bool dropped_ = false;  ///< a trial was cancelled

  std::map<std::int64_t, Trial> under_way_;
  std::map<std::int64_t, std::string> reuse_keys_;            ///< of trials that are not told yet
  std::set<std::int64_t> continuable_;                        ///< likewise
  std::shared_ptr<const std::vector<LearningCurve>> curves_;  ///< of trials that are told
  std::vector<Trial> unsaved_;                                ///< finished, not durable
  std::map<std::int64_t, Trial> finished_;                    ///< durable
  std::deque<std::int64_t> arrivals_;          ///< durable and not told, as they came
  std::map<ReuseKey, std::int64_t> reusable_;  ///< successful trials that are told

  Clock::time_point next_report_ = Clock::now() + report_interval;
  TrialRunner runner_;  ///< last: its destructor waits for what runs
};

SearchLoop::SearchLoop(const SearchSettings& settings, const SearchParts& parts,
                       std::span<const Trial> previous)
    : settings_(settings),
      parts_(parts),
      clock_(parts.clock ? parts.clock : steady_seconds),
      start_(clock_()),
      builds_(parts.more_costs || needs_architectures(settings, parts.estimator)),
      conversation_(parts.strategy, parts.space, settings.objectives),
      feasibility_(settings.limits),
      spending_(settings.budgets),
      checkpoints_(parts.estimator.has_checkpoints() ? parts.checkpoints : nullptr, parts.strategy),
      runner_(parts.estimator, parts.executor, parts.cancel) {
  if (settings.window < 1) {
    throw Error(ErrorKind::config, fmt::format("the window is '{}'; it must be 1 or more: so many "
                                               "trials may be outstanding",
                                               settings.window));
  }
  for (const Trial& trial : previous) finished_.emplace(trial.id, trial);
}

SearchOutcome SearchLoop::run() {
  SearchEnd end = SearchEnd::trials_done;
  try {
    if (settings_.async) adopt_previous();
    end = search();
  } catch (...) {
    finish_outstanding();
    throw;
  }
  finish_outstanding();
  SearchOutcome outcome{dropped_ ? stop_reason() : end, {}};
  if (outcome.end != SearchEnd::interrupted) checkpoints_.remove_all();
  for (auto& [id, trial] : finished_) outcome.trials.push_back(std::move(trial));
  return outcome;
}

SearchEnd SearchLoop::search() {
  while (proposed_ < settings_.trials) {
    if (!tell_what_is_due() || stopping()) return stop_reason();
    if (spending_.is_used_up()) return SearchEnd::budget_spent;
    if (spending_.idle() >= settings_.patience) return SearchEnd::nothing_spent;
    const auto proposal = conversation_.ask(parts_.estimator.default_fidelity());
    take_notes();
    if (proposal) {
      consider(*proposal);
      if (reused_in_a_row_ >= settings_.patience) return SearchEnd::only_reused;
    } else if (conversation_.told() == proposed_) {
      return strategy_ended();
    } else if (!tell_next()) {
      return stop_reason();
    }
  }
  return SearchEnd::trials_done;
}

bool SearchLoop::stopping() const {
  return parts_.cancel.soon() ||
         (settings_.time_limit_seconds > 0 && clock_() - start_ >= settings_.time_limit_seconds);
}

SearchEnd SearchLoop::stop_reason() const {
  return parts_.cancel.soon() ? SearchEnd::interrupted : SearchEnd::time_limit;
}

SearchEnd SearchLoop::strategy_ended() const {
  const auto later = finished_.lower_bound(proposed_);
  if (!settings_.async && later != finished_.end()) {
    throw Error(ErrorKind::not_deterministic,
                fmt::format("the strategy has ended after {} proposals, but the interrupted run "
                            "holds trial {}; its randomness must come from its seed alone",
                            proposed_, later->first));
  }
  if (proposed_ > 0) return SearchEnd::strategy_finished;
  if (feasibility_.streak() > 0) {
    throw Error(ErrorKind::infeasible, feasibility_.explanation());
  }
  blame_strategy("has proposed nothing, and waits for no result");
}

/// Before proposal k the results 0 … k - W are told, no more and no fewer, unless the strategy has
/// asked for more by proposing nothing. False: the search is to stop.
bool SearchLoop::tell_what_is_due() {
  while (settings_.async && deliverable()) tell_next();
  while (proposed_ - conversation_.told() >= settings_.window) {
    if (!tell_next()) return false;
  }
  return true;
}

bool SearchLoop::tell_next() {
  while (!deliverable()) {
    if (stopping()) return false;
    collect();
  }
  const std::int64_t id = *deliverable();
  if (settings_.async) arrivals_.pop_front();
  tell(finished_.at(id));
  return true;
}

std::optional<std::int64_t> SearchLoop::deliverable() const {
  if (settings_.async) return arrivals_.empty() ? std::nullopt : std::optional(arrivals_.front());
  const std::int64_t id = conversation_.told();
  return finished_.contains(id) ? std::optional(id) : std::nullopt;
}

void SearchLoop::tell(const Trial& trial) {
  conversation_.tell(trial);
  spending_.add(trial);
  if (auto key = reuse_keys_.extract(trial.id); key && trial.succeeded()) {
    reusable_.emplace(ReuseKey(std::move(key.mapped()), trial.fidelity), trial.id);
  }
  if (continuable_.erase(trial.id) > 0) checkpoints_.told(trial.id);
  if (trial.status != TrialStatus::ok || trial.curve.empty()) return;
  // Trials under way hold what they were started with.
  auto curves = curves_ ? *curves_ : std::vector<LearningCurve>();
  curves.push_back({trial.fidelity, trial.curve});
  curves_ = std::make_shared<const std::vector<LearningCurve>>(std::move(curves));
}

/// What an asynchronous run has proposed depends on how fast its trials were: nothing to compare.
void SearchLoop::adopt_previous() {
  for (const auto& [id, trial] : finished_) {
    const auto blueprint =
        builds_ ? make_blueprint(parts_.space, trial.genotype) : bare_blueprint(trial.genotype);
    const auto key = parts_.estimator.reuse_key(blueprint->candidate());
    if (key) reuse_keys_.emplace(id, *key);
    ++proposed_;
    tell(trial);
  }
}

/// Null where a limit excludes the proposal. `metrics` are what it costs.
std::unique_ptr<const Blueprint> SearchLoop::screen(const Proposal& proposal, Metrics& metrics) {
  if (!builds_) return bare_blueprint(proposal.genotype);
  Architecture architecture = parts_.space.build(proposal.genotype);
  const Cost costs = cost(architecture);
  metrics = cost_metrics(costs);
  if (parts_.more_costs && !exceeded(settings_.limits, metrics)) {
    metrics.merge(parts_.more_costs(proposal.genotype, architecture));
  }
  if (!feasibility_.check(metrics)) return nullptr;
  return make_blueprint(proposal.genotype, std::move(architecture), costs);
}

/// Those of proposals that a previous run has made stand in its log.
void SearchLoop::take_notes() {
  const std::vector<std::string> notes = conversation_.take_notes();
  if (finished_.contains(next_id_)) return;
  for (const std::string& note : notes) parts_.journal.noted(note);
}

void SearchLoop::consider(const Proposal& proposal) {
  Metrics metrics;
  auto blueprint = screen(proposal, metrics);
  if (!blueprint) {
    conversation_.tell_infeasible(proposal);
    if (feasibility_.streak() < settings_.patience) return;
    throw Error(ErrorKind::infeasible, feasibility_.explanation());
  }
  while (settings_.async && (finished_.contains(next_id_) || under_way_.contains(next_id_))) {
    ++next_id_;
  }
  Trial trial;
  trial.id = next_id_++;
  trial.genotype = proposal.genotype;
  trial.architecture_hash = blueprint->hash;
  trial.fidelity = *proposal.fidelity;
  trial.parent = proposal.parent;
  trial.seed = trial.parent
                   ? measured(*trial.parent).seed
                   : derive_seed(settings_.seed, "trial", static_cast<std::uint64_t>(trial.id));
  trial.metrics = std::move(metrics);
  ++proposed_;
  if (proposal.continuable) continuable_.insert(trial.id);
  add_trial(std::move(trial), std::move(blueprint));
}

/// The trial that the result of this one, which is told, comes from.
const Trial& SearchLoop::measured(std::int64_t id) const {
  const Trial& trial = finished_.at(id);
  return trial.reused_from ? finished_.at(*trial.reused_from) : trial;
}

/// Of a previous run, or reused, or handed to a worker.
void SearchLoop::add_trial(Trial trial, std::unique_ptr<const Blueprint> blueprint) {
  const auto key = parts_.estimator.reuse_key(blueprint->candidate());
  if (key) reuse_keys_.emplace(trial.id, *key);
  if (replay(trial)) {
    const bool reused = finished_.at(trial.id).status == TrialStatus::reused;
    reused_in_a_row_ = reused ? reused_in_a_row_ + 1 : 0;
  } else if (const Trial* original = reusable(trial, key)) {
    trial.status = TrialStatus::reused;
    trial.reused_from = original->id;
    trial.metrics = original->metrics;
    ++reused_in_a_row_;
    unsaved_.push_back(std::move(trial));
  } else {
    reused_in_a_row_ = 0;
    run(std::move(trial), std::move(blueprint));
  }
}

void SearchLoop::run(Trial trial, std::unique_ptr<const Blueprint> blueprint) {
  parts_.journal.started(trial.id);
  TrialJob job{trial.id, trial.fidelity, trial.seed, std::move(blueprint)};
  std::optional<std::int64_t> origin;
  if (trial.parent) {
    origin = measured(*trial.parent).id;
    job.continued = finished_.at(*trial.parent).fidelity;
  }
  job.checkpoints = checkpoints_.begin(trial.id, origin, continuable_.contains(trial.id));
  job.told = curves_;
  under_way_.emplace(trial.id, std::move(trial));
  runner_.start(std::move(job));
}

bool SearchLoop::replay(const Trial& trial) const {
  const auto stored = finished_.find(trial.id);
  if (stored == finished_.end()) return false;
  const Trial& before = stored->second;
  if (before.genotype != trial.genotype || before.fidelity != trial.fidelity) {
    throw Error(ErrorKind::not_deterministic,
                fmt::format("proposal {} is {} ({}), but the interrupted run has {} ({}) there; "
                            "the strategy's randomness must come from its seed alone",
                            trial.id, trial.genotype.text(), text(trial.fidelity),
                            before.genotype.text(), text(before.fidelity)));
  }
  return true;
}

const Trial* SearchLoop::reusable(const Trial& trial, const std::optional<std::string>& key) const {
  if (!key) return nullptr;
  const auto original = reusable_.find({*key, trial.fidelity});
  return original == reusable_.end() ? nullptr : &finished_.at(original->second);
}

/// One turn of waiting: what has completed becomes durable, in one call of the journal.
void SearchLoop::collect() {
  if (unsaved_.empty()) runner_.wait_for(next_report_ - Clock::now());
  for (TrialCompletion& completion : runner_.take()) complete(std::move(completion));
  save();
  report_progress();
}

void SearchLoop::complete(TrialCompletion completion) {
  Trial trial = std::move(under_way_.extract(completion.id).mapped());
  Measurement& measurement = completion.measurement;
  if (measurement.status == Measurement::Status::cancelled) {
    dropped_ = true;
    return;
  }
  trial.seconds = completion.seconds;
  add_outcome(trial, std::move(measurement), settings_.objectives, settings_.derived);
  unsaved_.push_back(std::move(trial));
}

void SearchLoop::save() {
  if (unsaved_.empty()) return;
  parts_.journal.finished(unsaved_);
  for (Trial& trial : std::exchange(unsaved_, {})) {
    arrivals_.push_back(trial.id);
    checkpoints_.finished(trial.id);
    finished_.emplace(trial.id, std::move(trial));
  }
  checkpoints_.remove_old();
}

void SearchLoop::report_progress() {
  if (Clock::now() < next_report_) return;
  parts_.journal.waiting(runner_.running());
  next_report_ = Clock::now() + report_interval;
}

void SearchLoop::finish_outstanding() {
  while (runner_.outstanding() > 0 || !unsaved_.empty()) {
    if (stopping()) runner_.stop_beginning();
    collect();
  }
}

}  // namespace

bool needs_architectures(const SearchSettings& settings, const Estimator& estimator) {
  const auto is_about_costs = [](const auto& entry) { return is_cost_metric(entry.metric); };
  return estimator.needs_architecture() ||
         std::ranges::any_of(settings.objectives, is_about_costs) ||
         std::ranges::any_of(settings.limits, is_about_costs) ||
         std::ranges::any_of(settings.budgets, is_about_costs) ||
         std::ranges::any_of(settings.derived, [](const DerivedMetric& metric) {
           return std::ranges::any_of(metric.inputs, is_cost_metric);
         });
}

SearchOutcome run_search(const SearchSettings& settings, const SearchParts& parts,
                         std::span<const Trial> previous) {
  return SearchLoop(settings, parts, previous).run();
}

}  // namespace nas
