/// How long a run will still take, from how long its trials took.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/search/search_loop.hpp"
#include "results/run_config.hpp"

namespace nas::cli {

class TimeLeft {
 public:
  /// `config` must outlive this. The final training uses all `processors`.
  TimeLeft(const RunConfig& config, int processors) : config_(config), processors_(processors) {}

  /// A trial that has finished, in this session or before.
  void add(const Trial& trial);

  struct Search {
    double elapsed = 0;         ///< s since the first trial of this session began
    std::int64_t finished = 0;  ///< trials, in this session
    std::int64_t left = 0;      ///< trials that have not finished, those that run included
    std::span<const SearchJournal::Running> running;
  };
  /// Seconds of the search alone, at the pace of this session; nothing before a trial's worth of
  /// work is done.
  std::optional<double> of_search(const Search& search) const;
  /// Seconds of the final training if `best` wins: its MACs at the pace of the trials. Nothing
  /// where no trial has trained.
  std::optional<double> of_final_training(const Trial& best) const;

 private:
  const RunConfig& config_;
  const int processors_;
  std::int64_t measured_ = 0;  ///< trials
  double seconds_ = 0;         ///< that those took
  double work_ = 0;            ///< MACs of one sample times epochs times share of the data
};

}  // namespace nas::cli
