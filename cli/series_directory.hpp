/// Where a series of runs is kept; results/FORMAT.md describes it.
///
///     runs/evolution-nasbench201-1/
///       series.json    config, environment, seeds, results
///       summary.csv    a row for each run
///       seed-0/ …      run directories, unless there is the summary only
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>

#include <nlohmann/json.hpp>

#include "cli/seed_series.hpp"
#include "cli/table.hpp"
#include "results/directory_lock.hpp"
#include "results/series_summary.hpp"

namespace nas::cli {

enum class SeriesStatus { running, interrupted, finished };

class SeriesDirectory {
 public:
  /// Makes the directory or opens it, and takes its lock. Throws Error(run_directory) where it
  /// holds something else, another series, or one without run directories; Error(io).
  SeriesDirectory(const Experiment& experiment, const SeriesSettings& settings);

  const std::filesystem::path& path() const { return path_; }
  /// Versions, CPU, hashes of plugins: the same for all runs.
  const nlohmann::json& environment() const { return environment_; }
  std::filesystem::path run(std::uint64_t seed) const;
  /// Replaces series.json and summary.csv.
  void write(SeriesStatus status, std::span<const SeedResult> results) const;
  /// The object of schema "nas.series", which series.json holds and --json prints.
  nlohmann::json describe(SeriesStatus status, std::span<const SeedResult> results) const;

 private:
  void make_unused(const RunConfig& config);
  void check_content(const std::filesystem::path& description) const;

  std::filesystem::path path_;
  const Seeds seeds_;
  const bool summary_only_;
  nlohmann::json config_;  ///< without the seed
  nlohmann::json environment_;
  std::optional<DirectoryLock> lock_;
};

/// A row for each run: seed, trials, failed, best (its id), the metrics of the best trial and its
/// genotype. Numbers give back the same 64 bits; what a run does not have is empty.
Table seed_table(std::span<const SeedResult> results);

}  // namespace nas::cli
