#include "cli/search_monitor.hpp"

#include <cmath>

#include <fmt/format.h>

#include "cli/run_text.hpp"

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
      finished_before_(std::ssize(previous)) {
  progress_.trials = run.config().trials;
  for (const Trial& trial : previous) consider(trial);
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
  }
  line_.show(to_string(progress_), true);
}

void SearchMonitor::started(std::int64_t id) { log_.info(fmt::format("trial {} started", id)); }

void SearchMonitor::waiting(std::span<const Running> running) {
  progress_.running = running.size();
  estimate_rest(running);
  line_.show(to_string(progress_), false);
}

void SearchMonitor::consider(const Trial& trial) {
  ++progress_.finished;
  const Objective& objective = run_.config().objectives.front();
  progress_.metric = objective.metric;
  const auto value = trial.metrics.find(objective.metric);
  if (!trial.succeeded() || value == trial.metrics.end() || std::isnan(value->second)) return;
  const bool better =
      !progress_.best_value || (objective.maximise ? value->second > *progress_.best_value
                                                   : value->second < *progress_.best_value);
  if (!better) return;
  progress_.best_value = value->second;
  progress_.best_trial = trial.id;
}

void SearchMonitor::estimate_rest(std::span<const Running> running) {
  double done = static_cast<double>(progress_.finished - finished_before_);
  for (const Running& trial : running) done += trial.progress;
  if (done <= 0) return;
  const double elapsed =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  const double total = static_cast<double>(progress_.trials - finished_before_);
  progress_.seconds_left = elapsed * (total - done) / done;
}

}  // namespace nas::cli
