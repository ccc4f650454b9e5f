/// What a run is going to do and what that will cost: `nas run --dry-run`.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "cli/experiment.hpp"
#include "cli/seed_series.hpp"
#include "cli/table.hpp"

namespace nas::cli {

/// From architectures drawn at random, unless the run builds none; nothing is trained.
struct CostForecast {
  int sampled = 0;
  int feasible = 0;
  double macs = 0;         ///< mean over the feasible ones, of one sample's forward pass
  double search_macs = 0;  ///< all trials, forward and backward
  double final_macs = 0;   ///< final training, likewise
  double seconds = 0;      ///< at `assumed_rate` on the jobs asked for
};
CostForecast forecast(const Experiment& experiment, int jobs);

struct Plan {
  const Experiment& experiment;
  CostForecast cost;
  int jobs;
  std::string out;
  std::optional<Seeds> seeds = {};  ///< of a series; all else is of one of its runs
};
/// Rows of what and value.
Table plan_table(const Plan& plan);
nlohmann::json to_json(const Plan& plan);

}  // namespace nas::cli
