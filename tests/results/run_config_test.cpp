#include "results/run_config.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/base/rejection.hpp"
#include "tests/results/sample_run.hpp"

namespace nas {
namespace {

RunConfig through_text(const RunConfig& config) {
  return run_config_from_json(nlohmann::json::parse(to_json(config).dump()));
}

std::string refused(const nlohmann::json& json) {
  return rejection(ErrorKind::run_directory, [&] { run_config_from_json(json, "a/run.json"); });
}

TEST_CASE("a configuration comes back from JSON, field by field") {
  CHECK(through_text(sample_config()) == sample_config());
  CHECK(through_text(RunConfig{}) == RunConfig{});
}

TEST_CASE("the sample configuration leaves no field at its default") {
  const nlohmann::json written = to_json(sample_config());
  const nlohmann::json standard = to_json(RunConfig{});
  for (const auto& [name, value] : written.items()) {
    INFO(name);
    CHECK(value != standard.at(name));
  }
}

TEST_CASE("a configuration keeps numbers that have no short decimal form") {
  RunConfig config;
  config.time_limit_seconds = 1.0 / 3.0;
  config.limits = {{.metric = "macs", .maximum = 1e23}};
  config.trials = std::numeric_limits<std::int64_t>::max();
  config.seed = std::numeric_limits<std::uint64_t>::max();
  CHECK(through_text(config) == config);
}

TEST_CASE("every field of a configuration must be there") {
  const nlohmann::json complete = to_json(sample_config());
  for (const auto& [name, value] : complete.items()) {
    nlohmann::json json = complete;
    json.erase(name);
    CHECK(refused(json) == "'a/run.json': field 'config." + name + "' is missing");
  }
}

TEST_CASE("every field of a configuration must have its type") {
  const nlohmann::json complete = to_json(sample_config());
  for (const auto& [name, value] : complete.items()) {
    nlohmann::json json = complete;
    json[name] = nullptr;
    CHECK_THAT(refused(json),
               Catch::StartsWith("'a/run.json': field 'config." + name + "' must be ") &&
                   Catch::EndsWith("but is 'null'"));
  }
}

TEST_CASE("an unknown field of a configuration is refused") {
  nlohmann::json json = to_json(sample_config());
  json["trails"] = 3;
  CHECK_THAT(refused(json), Catch::StartsWith("'a/run.json': unknown field 'config.trails'"));
}

TEST_CASE("fields inside a configuration are checked and named") {
  const auto [pointer, value, message] = GENERATE(table<std::string, nlohmann::json, std::string>(
      {{"/options/constant/value", 0.5, "field 'config.options.constant.value' must be a text"},
       {"/options/constant", 1, "field 'config.options.constant' must be an object"},
       {"/objectives/1/metric", 1, "field 'config.objectives[1].metric' must be a text"},
       {"/objectives/0", "macs", "field 'config.objectives[0]' must be an object"},
       {"/objectives/0/weight", 1, "unknown field 'config.objectives[0].weight'"},
       {"/limits/0/maximum", "1k", "field 'config.limits[0].maximum' must be a number"},
       {"/budgets/0/total", "1k", "field 'config.budgets[0].total' must be a number"},
       {"/window", 4294967296, "field 'config.window' must be a whole number from"},
       {"/trials", 1.5, "field 'config.trials' must be a whole number from"},
       {"/seed", -1, "field 'config.seed' must be a whole number from 0"}}));
  nlohmann::json json = to_json(sample_config());
  json[nlohmann::json::json_pointer(pointer)] = value;
  CHECK_THAT(refused(json), Catch::StartsWith("'a/run.json': " + message));
}

}  // namespace
}  // namespace nas
