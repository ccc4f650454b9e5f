/// Stores, logs and shows what the search loop reports.
#pragma once

#include <chrono>
#include <optional>

#include "cli/progress.hpp"
#include "cli/run_log.hpp"
#include "cli/time_left.hpp"
#include "core/search/search_loop.hpp"
#include "core/search/spending.hpp"
#include "results/run_directory.hpp"

namespace nas::cli {

/// Adds the wall time that passes to the run's, piece by piece: a killed run keeps what is there.
class WallTime {
 public:
  explicit WallTime(TrialStore& store) : store_(store) {}
  /// Stores what has passed since the last time, if that is more than a second.
  void store_sometimes();
  void store();

 private:
  using Clock = std::chrono::steady_clock;
  double passed() const;
  TrialStore& store_;
  Clock::time_point stored_ = Clock::now();
};

class SearchMonitor : public SearchJournal {
 public:
  SearchMonitor(RunDirectory& run, std::span<const Trial> previous, RunLog& log,
                ProgressLine& line);
  /// Says how far it came, however the search has ended.
  ~SearchMonitor() override;

  /// Stores the wall time that is left over.
  void end();

  void finished(std::span<const Trial> trials) override;
  void started(std::int64_t id) override;
  void waiting(std::span<const Running> running) override;
  void noted(const std::string& note) override;

 private:
  void consider(const Trial& trial);
  /// Trials that have not finished; under a budget, as many as it allows if they go on spending as
  /// they did. Nothing where nobody knows.
  std::optional<std::int64_t> trials_left() const;
  void estimate_rest();
  void show(bool milestone);

  RunDirectory& run_;
  RunLog& log_;
  ProgressLine& line_;
  WallTime wall_time_;
  TimeLeft time_left_;
  Spending spending_;
  std::optional<std::chrono::steady_clock::time_point> start_;  ///< of the first trial
  const std::vector<Objective> ranking_;
  std::vector<Running> running_;  ///< as last heard
  Trial best_;                    ///< without metrics before a trial has succeeded
  const std::int64_t finished_before_;
  SearchProgress progress_;
};

}  // namespace nas::cli
