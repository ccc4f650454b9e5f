/// One configuration over many seeds: what came of each run, and of all together.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/search/trial.hpp"
#include "results/run_config.hpp"

namespace nas {

/// A run that has finished.
struct SeedResult {
  std::uint64_t seed = 0;
  std::int64_t trials = 0;
  std::int64_t failed = 0;
  std::optional<Trial> best;  ///< of the run's ranking; nothing where no trial has succeeded
};

/// Of one metric over the runs whose best trial has it.
struct MetricSummary {
  std::int64_t runs = 0;
  double mean = 0;
  double deviation = 0;  ///< sample standard deviation; 0 of a single run
  double minimum = 0;
  double maximum = 0;
};

/// Counts trials and finds the best.
SeedResult seed_result(const RunConfig& config, std::span<const Trial> trials);

/// By metric, and "trials": how many a run has.
std::map<std::string, MetricSummary> summarise(std::span<const SeedResult> results);

/// { "trials": { "runs": 500, "mean": 175.3, "deviation": 3.2, "minimum": …, "maximum": … }, … }.
nlohmann::json to_json(const std::map<std::string, MetricSummary>& metrics);
/// "seed", "trials", "failed", and "best" as in `nas show --json`.
nlohmann::json to_json(const SeedResult& result);

}  // namespace nas
