#include "cli/run_request.hpp"

#include <fmt/format.h>

#include "cli/latency_model.hpp"
#include "cli/space_file.hpp"
#include "core/base/error.hpp"
#include "core/base/executor.hpp"

namespace nas::cli {

namespace {

constexpr std::int64_t most_trials = 10'000'000;
constexpr std::int64_t most_jobs = 1024;
constexpr double most_epochs = 100'000;
constexpr std::int64_t largest_window = 4096;

/// Core parsers blame the command line; the value may have come from elsewhere.
template <typename Read>
auto read(const Setting& setting, const Read& reader) {
  try {
    return reader();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::usage) throw;
    const ErrorKind kind = setting.origin == Origin::flag ? ErrorKind::usage : ErrorKind::config;
    throw Error(kind, fmt::format("{}: {}", setting.where, error.what()));
  }
}

/// Those of --max, or the default ones that nothing lifts or replaces.
std::vector<Limit> read_limits(const Settings& settings, bool standard) {
  std::vector<Limit> limits;
  for (const auto& entry : settings.keyed("max")) {
    const Setting& setting = entry.second;
    if (setting.values.back() == "none") continue;
    if ((setting.origin == Origin::standard) != standard) continue;
    limits.push_back(
        read(setting, [&] { return parse_limit(entry.first + "=" + setting.values.back()); }));
  }
  return limits;
}

std::vector<Budget> given_budgets(const Settings& settings) {
  std::vector<Budget> budgets;
  for (const auto& entry : settings.keyed("budget")) {
    const Setting& setting = entry.second;
    if (setting.values.back() == "none") continue;
    budgets.push_back(
        read(setting, [&] { return parse_budget(entry.first + "=" + setting.values.back()); }));
  }
  return budgets;
}

/// 0, for no limit, where a budget ends the search and nobody asks for a number.
std::int64_t requested_trials(const Settings& settings, bool has_budget) {
  if (has_budget && settings.setting("trials").origin == Origin::standard) return 0;
  return settings.integer("trials", 1, most_trials);
}

}  // namespace

std::vector<Objective> given_objectives(const Settings& settings) {
  const Setting& setting = settings.setting("objective");
  std::vector<Objective> objectives;
  for (const std::string& text : setting.values) {
    objectives.push_back(read(setting, [&] { return parse_objective(text); }));
  }
  return objectives;
}

std::vector<Limit> given_limits(const Settings& settings) { return read_limits(settings, false); }

std::string resolved_data(const std::string& name_or_folder) {
  for (const KnownDataset& known : known_datasets()) {
    if (known.name == name_or_folder) return name_or_folder;
  }
  std::error_code failed;
  if (!std::filesystem::exists(name_or_folder, failed)) return name_or_folder;
  const auto absolute = std::filesystem::weakly_canonical(name_or_folder, failed);
  return failed ? name_or_folder : absolute.string();
}

ExperimentRequest experiment_request(const Settings& settings) {
  ExperimentRequest request;
  RunConfig& config = request.config;
  config.strategy = settings.text("strategy");
  config.estimator = settings.text("estimator");
  config.budgets = given_budgets(settings);
  config.trials = requested_trials(settings, !config.budgets.empty());
  config.seed = settings.natural("seed");
  config.window = static_cast<int>(settings.integer("window", 1, largest_window));
  config.async = settings.enabled("async");
  config.time_limit_seconds = settings.seconds("time-limit").value_or(0);
  config.latency_table = latency_table_file(settings);
  config.memory_limit = static_cast<std::size_t>(settings.bytes("memory-limit").value_or(0));
  config.precision = requested_precision(settings);
  config.objectives = given_objectives(settings);
  config.limits = given_limits(settings);
  request.default_limits = read_limits(settings, true);
  constexpr std::int64_t most_repeats = 1000;
  config.finalists = static_cast<int>(settings.integer("finalists", 1, most_repeats));
  config.final_seeds = static_cast<int>(settings.integer("final-seeds", 1, most_repeats));
  config.final_shards = requested_final_shards(settings);
  request.final_epochs = requested_final_epochs(settings);
  request.options = settings.keyed("set");
  config.space = registered_space(settings.setting("space"), request.options);
  resolve_tables(config.estimator, request.options);
  config.data = resolved_data(settings.text("data"));
  return request;
}

Precision requested_precision(const Settings& settings) {
  const Setting& setting = settings.setting("precision");
  return read(setting, [&] { return parse_precision(setting.values.back()); });
}

std::optional<double> requested_final_epochs(const Settings& settings) {
  if (settings.setting("final-epochs").values.empty()) return std::nullopt;
  return settings.real("final-epochs", 0, most_epochs);
}

int requested_final_shards(const Settings& settings) {
  return static_cast<int>(settings.integer("final-shards", 1, most_jobs));
}

int requested_jobs(const Settings& settings) {
  if (settings.setting("jobs").values.empty()) return available_processors();
  return static_cast<int>(settings.integer("jobs", 1, most_jobs));
}

}  // namespace nas::cli
