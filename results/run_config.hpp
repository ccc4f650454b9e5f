/// Everything that determines a run, resolved: what `run.json` records and `nas resume` reads.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/base/precision.hpp"
#include "core/search/objective.hpp"

namespace nas {

struct RunConfig {
  std::string strategy = "evolution";
  std::string space = "mbconv";
  std::string estimator = "train";
  std::string data = "fashion-mnist";
  /// By owner ("evolution", "mbconv", "train"), option and value as text: every option, defaults
  /// included, of the three that take part and of an objective that has any ("mnasnet_reward").
  std::map<std::string, std::map<std::string, std::string>> options;
  std::int64_t trials = 0;  ///< 0: as many as the budgets allow
  std::uint64_t seed = 0;
  int window = 8;
  bool async = false;
  double time_limit_seconds = 0;
  std::vector<Objective> objectives;
  std::vector<Limit> limits;
  std::vector<Budget> budgets;
  std::string latency_table;     ///< file that gives latency_ms; empty: none
  std::size_t memory_limit = 0;  ///< bytes for one trial
  Precision precision = Precision::float32;
  double final_epochs = 0;  ///< 0: no final training
  int final_shards = 1;
  int finalists = 1;
  int final_seeds = 1;

  friend bool operator==(const RunConfig&, const RunConfig&) = default;
};

nlohmann::json to_json(const RunConfig& config);
/// Throws Error(run_directory), naming `source` and the field, where one is missing, of another
/// type or unknown.
RunConfig run_config_from_json(const nlohmann::json& json, const std::string& source = "run.json");

}  // namespace nas
