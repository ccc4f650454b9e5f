#include "results/run_settings.hpp"

#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"

namespace nas {
namespace {

constexpr std::size_t digits_of_hash = 8;  ///< shown: enough to tell files apart

std::string text_at(const nlohmann::json& environment, const std::string& pointer) {
  const nlohmann::json::json_pointer path(pointer);
  if (!environment.contains(path) || !environment.at(path).is_string()) return {};
  return environment.at(path).get<std::string>();
}

class SettingList {
 public:
  SettingList(const RunConfig& config, const nlohmann::json& environment)
      : config_(config), environment_(environment) {}

  RunSettings list() {
    add("strategy", SettingKind::strategy, config_.strategy);
    add("space", SettingKind::space, config_.space);
    add("estimator", SettingKind::fidelity, config_.estimator);
    add("precision", SettingKind::fidelity, std::string(precision_name(config_.precision)));
    add_data();
    add_options();
    add_objective();
    add_effort();
    add_final_training();
    return std::move(settings_);
  }

 private:
  void add(const std::string& name, SettingKind kind, const std::string& value) {
    settings_[name] = {kind, value, value};
  }
  /// By its hash, where the environment has it at `pointer`.
  void add_file(const std::string& name, SettingKind kind, const std::string& file,
                const std::string& pointer) {
    const std::string hash = text_at(environment_, pointer);
    if (hash.empty()) {
      add(name, kind, file);
    } else {
      settings_[name] = {kind, hash, fmt::format("{} ({})", file, hash.substr(0, digits_of_hash))};
    }
  }

  void add_data() {
    const nlohmann::json::json_pointer task("/task");
    if (environment_.contains(task)) {
      add("task", SettingKind::data, environment_.at(task).dump());
      // Where nothing is learnt from, no data are recorded, and their shape is all that counts.
      if (text_at(environment_, "/data/hash").empty()) return;
    }
    add_file("data", SettingKind::data, config_.data, "/data/hash");
  }

  SettingKind kind_of(const std::string& owner) const {
    if (owner == config_.strategy) return SettingKind::strategy;
    if (owner == config_.space) return SettingKind::space;
    if (owner == config_.estimator) return SettingKind::fidelity;
    return SettingKind::objective;  // of an objective that has options
  }
  void add_options() {
    for (const auto& [owner, values] : config_.options) {
      for (const auto& [option, value] : values) {
        const std::string name = fmt::format("{}.{}", owner, option);
        if (option == "file") {
          add_file(name, kind_of(owner), value, fmt::format("/tables/{}/hash", owner));
        } else {
          add(name, kind_of(owner), value);
        }
      }
    }
  }

  void add_objective() {
    std::vector<std::string> objectives;
    for (const Objective& objective : config_.objectives) {
      objectives.push_back(
          fmt::format("{}:{}", objective.metric, objective.maximise ? "max" : "min"));
    }
    add("objective", SettingKind::objective, fmt::format("{}", fmt::join(objectives, " ")));
    std::vector<std::string> limits;
    for (const Limit& limit : config_.limits) {
      limits.push_back(fmt::format("{}={}", limit.metric, limit.maximum));
    }
    add("max", SettingKind::objective,
        limits.empty() ? "none" : fmt::format("{}", fmt::join(limits, " ")));
    add_file("latency-table", SettingKind::space,
             config_.latency_table.empty() ? "none" : config_.latency_table, "/latency_table/hash");
  }

  void add_effort() {
    add("trials", SettingKind::effort, std::to_string(config_.trials));
    add("window", SettingKind::effort, std::to_string(config_.window));
    add("async", SettingKind::effort, config_.async ? "true" : "false");
    add("time-limit", SettingKind::effort, fmt::format("{}", config_.time_limit_seconds));
    add("memory-limit", SettingKind::effort, std::to_string(config_.memory_limit));
    std::vector<std::string> budgets;
    for (const Budget& budget : config_.budgets) {
      budgets.push_back(fmt::format("{}={}", budget.metric, budget.total));
    }
    add("budget", SettingKind::effort,
        budgets.empty() ? "none" : fmt::format("{}", fmt::join(budgets, " ")));
  }

  void add_final_training() {
    add("final-epochs", SettingKind::final_training, fmt::format("{}", config_.final_epochs));
    add("final-shards", SettingKind::final_training, std::to_string(config_.final_shards));
    add("finalists", SettingKind::final_training, std::to_string(config_.finalists));
    add("final-seeds", SettingKind::final_training, std::to_string(config_.final_seeds));
  }

  const RunConfig& config_;
  const nlohmann::json& environment_;
  RunSettings settings_;
};

}  // namespace

std::string to_string(SettingKind kind) {
  switch (kind) {
    case SettingKind::strategy:
      return "strategy";
    case SettingKind::effort:
      return "effort";
    case SettingKind::data:
      return "data";
    case SettingKind::space:
      return "space";
    case SettingKind::fidelity:
      return "fidelity";
    case SettingKind::objective:
      return "objective";
    case SettingKind::final_training:
      return "final training";
  }
  throw Error(ErrorKind::internal, fmt::format("no kind of setting '{}'", static_cast<int>(kind)));
}

RunSettings settings_of(const RunConfig& config, const nlohmann::json& environment) {
  return SettingList(config, environment).list();
}

}  // namespace nas
