/// What a run is going to do and what that will cost: `nas run --dry-run`.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "cli/experiment.hpp"
#include "cli/forecast.hpp"
#include "cli/seed_series.hpp"
#include "cli/table.hpp"

namespace nas::cli {

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
