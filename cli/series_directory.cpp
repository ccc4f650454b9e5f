#include "cli/series_directory.hpp"

#include <algorithm>
#include <fstream>
#include <set>

#include <fmt/format.h>

#include "cli/environment.hpp"
#include "cli/progress.hpp"
#include "cli/run_lookup.hpp"
#include "core/base/durable_file.hpp"
#include "core/base/error.hpp"
#include "results/run_directory.hpp"

namespace nas::cli {

namespace fs = std::filesystem;

namespace {

constexpr const char* schema = "nas.series";

std::string to_string(SeriesStatus status) {
  switch (status) {
    case SeriesStatus::running:
      return "running";
    case SeriesStatus::interrupted:
      return "interrupted";
    case SeriesStatus::finished:
      return "finished";
  }
  return {};
}

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
  throw Error(ErrorKind::run_directory,
              fmt::format("'{}' {}; choose another --out", path.string(), why));
}

/// Of a directory that may be there already.
void make_directory(const fs::path& path) {
  std::error_code failed;
  fs::create_directories(path, failed);
  if (!failed) return;
  throw Error(ErrorKind::io,
              fmt::format("cannot make directory '{}': {}", path.string(), failed.message()));
}

nlohmann::json read_description(const fs::path& file) {
  std::ifstream stream(file);
  nlohmann::json json = nlohmann::json::parse(stream, nullptr, false);
  if (json.is_object() && json.value("schema", "") == schema) return json;
  refuse(file.parent_path(), "holds a 'series.json' that is damaged");
}

}  // namespace

SeriesDirectory::SeriesDirectory(const Experiment& experiment, const SeriesSettings& settings)
    : path_(settings.out),
      seeds_(settings.seeds),
      summary_only_(settings.summary_only),
      config_(nas::to_json(experiment.config)),
      environment_(run_environment(experiment)) {
  config_.erase("seed");
  if (path_.empty()) {
    make_unused(experiment.config);
  } else {
    make_directory(path_);
  }
  lock_.emplace(path_);
  const fs::path description = path_ / "series.json";
  check_content(description);
  if (!fs::exists(description)) write(SeriesStatus::running, {});
}

void SeriesDirectory::make_unused(const RunConfig& config) {
  make_directory("runs");
  // Another process may take the name between the choice and the making.
  std::error_code failed;
  do {
    path_ = RunDirectory::unused_name("runs", config.strategy, config.space);
  } while (!fs::create_directory(path_, failed) && !failed);
  if (failed) make_directory(path_);  // says what is wrong
}

void SeriesDirectory::check_content(const fs::path& description) const {
  if (!fs::exists(description)) {
    for (const fs::directory_entry& entry : fs::directory_iterator(path_)) {
      const std::string name = entry.path().filename().string();
      if (name != "lock") refuse(path_, fmt::format("is not empty (it holds '{}')", name));
    }
    return;
  }
  const nlohmann::json there = read_description(description);
  const nlohmann::json here = describe(SeriesStatus::running, {});
  for (const char* field : {"config", "seeds", "summary_only"}) {
    if (there.value(field, nlohmann::json()) == here.at(field)) continue;
    refuse(path_, fmt::format("holds another series: its '{}' is {} there and {} here", field,
                              there.value(field, nlohmann::json()).dump(), here.at(field).dump()));
  }
  for (const std::string& change :
       environment_changes(there.value("environment", nlohmann::json::object()), environment_)) {
    warn(change);
  }
  if (summary_only_) {
    refuse(path_, "holds this series already, and without run directories it cannot be resumed");
  }
}

fs::path SeriesDirectory::run(std::uint64_t seed) const {
  return path_ / fmt::format("seed-{}", seed);
}

nlohmann::json SeriesDirectory::describe(SeriesStatus status,
                                         std::span<const SeedResult> results) const {
  nlohmann::json object = json_object(schema);
  object["program"] = program_version();
  object["status"] = to_string(status);
  object["config"] = config_;
  object["environment"] = environment_;
  object["seeds"] = {{"first", seeds_.first}, {"last", seeds_.last}};
  object["summary_only"] = summary_only_;
  object["path"] = path_.string();
  object["metrics"] = to_json(summarise(results));
  object["runs"] = nlohmann::json::array();
  for (const SeedResult& result : results) object["runs"].push_back(to_json(result));
  return object;
}

void SeriesDirectory::write(SeriesStatus status, std::span<const SeedResult> results) const {
  write_durably(path_ / "summary.csv", to_csv(seed_table(results)));
  write_durably(path_ / "series.json", describe(status, results).dump(1) + "\n");
}

Table seed_table(std::span<const SeedResult> results) {
  std::set<std::string> metrics;
  for (const SeedResult& result : results) {
    if (!result.best) continue;
    for (const auto& [metric, value] : result.best->metrics) metrics.insert(metric);
  }
  Table table{{{"seed", Align::right},
               {"trials", Align::right},
               {"failed", Align::right},
               {"best", Align::right}},
              {}};
  for (const std::string& metric : metrics) table.columns.push_back({metric, Align::right});
  table.columns.push_back({"genotype"});
  for (const SeedResult& result : results) {
    std::vector<std::string> row = {std::to_string(result.seed), std::to_string(result.trials),
                                    std::to_string(result.failed),
                                    result.best ? std::to_string(result.best->id) : ""};
    for (const std::string& metric : metrics) {
      const bool has_it = result.best && result.best->metrics.contains(metric);
      row.push_back(has_it ? fmt::format("{}", result.best->metrics.at(metric)) : "");
    }
    row.push_back(result.best ? result.best->genotype.text() : "");
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace nas::cli
