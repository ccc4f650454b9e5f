#include "cli/search_monitor.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/base/executor.hpp"
#include "core/search/objective.hpp"

namespace nas::cli {

namespace {

std::string log_line(const Trial& trial) {
  std::string line = fmt::format("trial {} {}", trial.id, to_string(trial.status));
  if (trial.reused_from) line += fmt::format(" from {}", *trial.reused_from);
  for (const auto& [metric, value] : trial.metrics)
    line += fmt::format(" {}={:.6g}", metric, value);
  line += fmt::format(" seconds={:.2f} genotype={}", trial.seconds, trial.genotype.text());
  if (!trial.reason.empty()) line += fmt::format(" reason=\"{}\"", trial.reason);
  return line;
}

}  // namespace

double WallTime::passed() const {
  return std::chrono::duration<double>(Clock::now() - stored_).count();
}

void WallTime::store_sometimes() {
  if (passed() > 1) store();
}

void WallTime::store() {
  store_.add_seconds(passed());
  stored_ = Clock::now();
}

SearchMonitor::SearchMonitor(RunDirectory& run, std::span<const Trial> previous, RunLog& log,
                             ProgressLine& line)
    : run_(run),
      log_(log),
      line_(line),
      wall_time_(run.trials()),
      time_left_(run.config(), available_processors()),
      spending_(run.config().budgets),
      ranking_(ranking_objectives(run.config().objectives)),
      finished_before_(std::ssize(previous)) {
  progress_.trials = run.config().trials;
  for (const Trial& trial : previous) consider(trial);
}

SearchMonitor::~SearchMonitor() {
  progress_.running = 0;
  progress_.seconds_left.reset();
  line_.settle(to_string(progress_));
}

void SearchMonitor::end() { wall_time_.store(); }

void SearchMonitor::finished(std::span<const Trial> trials) {
  run_.trials().append(trials);
  wall_time_.store_sometimes();
  for (const Trial& trial : trials) {
    consider(trial);
    if (trial.status == TrialStatus::failed) {
      log_.warning(log_line(trial));
    } else {
      log_.info(log_line(trial));
    }
    std::erase_if(running_, [&](const Running& running) { return running.id == trial.id; });
  }
  show(true);
}

void SearchMonitor::noted(const std::string& note) {
  log_.info(fmt::format("{}: {}", run_.config().strategy, note));
}

void SearchMonitor::started(std::int64_t id) {
  if (!start_) start_ = std::chrono::steady_clock::now();
  log_.info(fmt::format("trial {} proposed", id));
}

void SearchMonitor::waiting(std::span<const Running> running) {
  running_.assign(running.begin(), running.end());
  show(false);
}

void SearchMonitor::consider(const Trial& trial) {
  ++progress_.finished;
  time_left_.add(trial);
  spending_.add(trial);
  if (!ranks_before(trial, best_, ranking_)) return;
  best_ = trial;
  const std::string& metric = ranking_.front().metric;
  progress_.metric = metric;
  progress_.best_value = trial.metrics.at(metric);
  progress_.best_trial = trial.id;
}

std::optional<std::int64_t> SearchMonitor::trials_left() const {
  const RunConfig& config = run_.config();
  std::optional<std::int64_t> left;
  if (config.trials > 0) left = config.trials - progress_.finished;
  for (std::size_t i = 0; i < config.budgets.size(); ++i) {
    const double spent = spending_.spent()[i];
    if (spent <= 0) continue;
    const double share = std::max(0.0, config.budgets[i].total - spent) / spent;
    const double allowed = std::ceil(static_cast<double>(progress_.finished) * share);
    if (!left || allowed < static_cast<double>(*left)) left = static_cast<std::int64_t>(allowed);
  }
  return left;
}

void SearchMonitor::estimate_rest() {
  const bool final_training_follows = run_.config().final_epochs > 0;
  const auto left = trials_left();
  progress_.seconds_left.reset();
  if (!start_ || !left || (*left == 0 && !final_training_follows)) return;
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - *start_;
  progress_.seconds_left = time_left_.of_search({.elapsed = elapsed.count(),
                                                 .finished = progress_.finished - finished_before_,
                                                 .left = *left,
                                                 .running = running_});
  if (!final_training_follows) return;
  const auto final_training = time_left_.of_final_training(best_);
  progress_.final_training_follows = !final_training;
  if (progress_.seconds_left && final_training) *progress_.seconds_left += *final_training;
}

void SearchMonitor::show(bool milestone) {
  // A plain line comes when trials have ended and the next ones have not begun: it would count too
  // few.
  const bool counts_all = line_.width() > 0;
  progress_.running = counts_all ? running_.size() : 0;
  estimate_rest();
  line_.show(to_string(progress_, line_.width()), milestone);
}

}  // namespace nas::cli
