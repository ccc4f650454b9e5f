/// What a run was set to do, each setting by itself: what comparisons group runs by, and what must
/// not differ between runs that are compared.
#pragma once

#include <map>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "results/run_config.hpp"

namespace nas {

enum class SettingKind {
  strategy,        ///< its name and options
  effort,          ///< trials, budgets, window and the like
  data,            ///< what is learnt from, or its shape alone where nothing learns
  space,           ///< its name and options, the latency table
  fidelity,        ///< the estimator, its options, the precision
  objective,       ///< objectives and limits
  final_training,  ///< counts where what it gives is compared
};
/// "data", "final training".
std::string to_string(SettingKind kind);

struct RunSetting {
  SettingKind kind = SettingKind::strategy;
  std::string value;  ///< equal where the setting is the same: of a file its hash
  std::string shown;  ///< for people
  friend bool operator==(const RunSetting& a, const RunSetting& b) { return a.value == b.value; }
};
/// By name, as a user would type it: "trials", "evolution.population".
using RunSettings = std::map<std::string, RunSetting>;

/// Everything but the seed. Data and tables go by the hashes that the environment records: a copy
/// elsewhere is the same, another content under the same name is not.
RunSettings settings_of(const RunConfig& config, const nlohmann::json& environment);

}  // namespace nas
