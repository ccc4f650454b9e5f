#include "results/run_config.hpp"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "results/json_fields.hpp"

namespace nas {
namespace {

using OptionTable = std::map<std::string, std::map<std::string, std::string>>;

nlohmann::json to_json(const std::vector<Objective>& objectives) {
  nlohmann::json array = nlohmann::json::array();
  for (const Objective& objective : objectives) {
    array.push_back({{"metric", objective.metric}, {"maximise", objective.maximise}});
  }
  return array;
}

nlohmann::json to_json(const std::vector<Limit>& limits) {
  nlohmann::json array = nlohmann::json::array();
  for (const Limit& limit : limits) {
    array.push_back({{"metric", limit.metric}, {"maximum", limit.maximum}});
  }
  return array;
}

nlohmann::json to_json(const std::vector<Budget>& budgets) {
  nlohmann::json array = nlohmann::json::array();
  for (const Budget& budget : budgets) {
    array.push_back({{"metric", budget.metric}, {"total", budget.total}});
  }
  return array;
}

class ConfigReader {
 public:
  ConfigReader(const nlohmann::json& json, std::string source)
      : source_(std::move(source)), fields_(json, source_, "config") {}

  RunConfig read() {
    RunConfig config;
    read_search(config);
    read_final_training(config);
    config.options = options();
    config.objectives = objectives();
    config.limits = limits();
    config.budgets = budgets();
    fields_.no_others();
    return config;
  }

 private:
  void read_search(RunConfig& config) {
    config.strategy = fields_.text("strategy");
    config.space = fields_.text("space");
    config.estimator = fields_.text("estimator");
    config.data = fields_.text("data");
    config.trials = fields_.integer("trials");
    config.seed = fields_.natural("seed");
    config.window = fields_.small_integer("window");
    config.async = fields_.boolean("async");
    config.time_limit_seconds = fields_.real("time_limit_seconds");
    config.latency_table = fields_.text("latency_table");
    config.memory_limit = fields_.natural("memory_limit");
    config.precision = precision();
  }

  void read_final_training(RunConfig& config) {
    config.final_epochs = fields_.real("final_epochs");
    config.final_shards = fields_.small_integer("final_shards");
    config.finalists = fields_.small_integer("finalists");
    config.final_seeds = fields_.small_integer("final_seeds");
  }

  Precision precision() {
    const std::string name = fields_.text("precision");
    if (const auto precision = find_precision(name)) return *precision;
    throw Error(ErrorKind::run_directory, fmt::format("{}: '{}' is '{}'; it must be one of {}",
                                                      source_, fields_.full_name("precision"), name,
                                                      fmt::join(precision_names(), ", ")));
  }

  OptionTable options() {
    OptionTable table;
    const nlohmann::json& owners = fields_.object("options");
    JsonFields by_owner(owners, source_, fields_.full_name("options"));
    for (const auto& [owner, unused] : owners.items()) {
      const nlohmann::json& values = by_owner.object(owner);
      JsonFields by_name(values, source_, by_owner.full_name(owner));
      auto& of_owner = table[owner];
      for (const auto& [name, value] : values.items()) of_owner[name] = by_name.text(name);
    }
    return table;
  }

  /// Calls `read` with the fields of each element of the array `name`.
  template <typename Read>
  void each(const std::string& name, Read read) {
    const nlohmann::json& array = fields_.array(name);
    for (std::size_t i = 0; i < array.size(); ++i) {
      JsonFields element(array[i], source_, fmt::format("{}[{}]", fields_.full_name(name), i));
      read(element);
      element.no_others();
    }
  }

  std::vector<Objective> objectives() {
    std::vector<Objective> list;
    each("objectives", [&](JsonFields& element) {
      list.push_back({.metric = element.text("metric"), .maximise = element.boolean("maximise")});
    });
    return list;
  }

  std::vector<Limit> limits() {
    std::vector<Limit> list;
    each("limits", [&](JsonFields& element) {
      list.push_back({.metric = element.text("metric"), .maximum = element.real("maximum")});
    });
    return list;
  }

  std::vector<Budget> budgets() {
    std::vector<Budget> list;
    each("budgets", [&](JsonFields& element) {
      list.push_back({.metric = element.text("metric"), .total = element.real("total")});
    });
    return list;
  }

  std::string source_;
  JsonFields fields_;
};

}  // namespace

nlohmann::json to_json(const RunConfig& config) {
  return {{"strategy", config.strategy},
          {"space", config.space},
          {"estimator", config.estimator},
          {"data", config.data},
          {"options", config.options},
          {"trials", config.trials},
          {"seed", config.seed},
          {"window", config.window},
          {"async", config.async},
          {"time_limit_seconds", config.time_limit_seconds},
          {"objectives", to_json(config.objectives)},
          {"limits", to_json(config.limits)},
          {"budgets", to_json(config.budgets)},
          {"latency_table", config.latency_table},
          {"memory_limit", config.memory_limit},
          {"precision", precision_name(config.precision)},
          {"final_epochs", config.final_epochs},
          {"final_shards", config.final_shards},
          {"finalists", config.finalists},
          {"final_seeds", config.final_seeds}};
}

RunConfig run_config_from_json(const nlohmann::json& json, const std::string& source) {
  return ConfigReader(json, source).read();
}

}  // namespace nas
