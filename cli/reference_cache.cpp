#include "cli/reference_cache.hpp"

#include <cmath>
#include <fstream>

#include <fmt/format.h>

#include "cli/progress.hpp"
#include "core/base/error.hpp"
#include "core/base/hash.hpp"
#include "core/base/output_file.hpp"

namespace nas::cli {

namespace fs = std::filesystem;

namespace {

constexpr const char* cache_schema = "nas.reference";
constexpr int cache_version = 1;

bool is_entry(const nlohmann::json& json, const std::string& network,
              const nlohmann::json& recipe) {
  const auto has = [&](const char* name, const nlohmann::json& value) {
    return json.value(name, nlohmann::json()) == value;
  };
  return json.is_object() && has("schema", cache_schema) && has("version", cache_version) &&
         has("name", network) && has("recipe", recipe) &&
         json.value("metrics", nlohmann::json()).is_object() &&
         json.value("failure", nlohmann::json()).is_string();
}

Metrics metrics_of(const nlohmann::json& json) {
  Metrics metrics;
  for (const auto& [name, value] : json.items()) {
    if (value.is_number()) metrics[name] = value.get<double>();
  }
  return metrics;
}

}  // namespace

fs::path reference_cache_directory(const Environment& environment) {
  if (const auto cache = environment("XDG_CACHE_HOME"); cache && !cache->empty()) {
    return fs::path(*cache) / "nas" / "references";
  }
  if (const auto home = environment("HOME"); home && !home->empty()) {
    return fs::path(*home) / ".cache" / "nas" / "references";
  }
  return {};
}

ReferenceCache::ReferenceCache(fs::path directory) : directory_(std::move(directory)) {}

fs::path ReferenceCache::file_of(const std::string& network, const nlohmann::json& recipe) const {
  return directory_ / fmt::format("{}-{}.json", network, hash_bytes(recipe.dump()).text());
}

std::optional<ReportNetwork> ReferenceCache::find(const std::string& network,
                                                  const nlohmann::json& recipe) const {
  if (directory_.empty()) return std::nullopt;
  std::ifstream stream(file_of(network, recipe), std::ios::binary);
  if (!stream) return std::nullopt;
  const auto json = nlohmann::json::parse(stream, nullptr, /*allow_exceptions=*/false);
  if (!is_entry(json, network, recipe)) return std::nullopt;
  return ReportNetwork{.name = network,
                       .description = {},
                       .metrics = metrics_of(json.at("metrics")),
                       .failure = json.at("failure").get<std::string>()};
}

void ReferenceCache::add(const ReportNetwork& network, const nlohmann::json& recipe) const {
  if (directory_.empty()) return;
  nlohmann::json metrics = nlohmann::json::object();
  for (const auto& [name, value] : network.metrics) {
    if (std::isfinite(value)) metrics[name] = value;
  }
  const nlohmann::json entry = {{"schema", cache_schema},        {"version", cache_version},
                                {"name", network.name},          {"recipe", recipe},
                                {"metrics", std::move(metrics)}, {"failure", network.failure}};
  const auto not_kept = [&](const char* reason) {
    warn(fmt::format("what {} is worth is not kept in '{}': {}", network.name, directory_.string(),
                     reason));
  };
  try {
    fs::create_directories(directory_);
    const fs::path file = file_of(network.name, recipe);
    OutputFile(file, OutputFile::Existing::replace).write(entry.dump(1) + "\n");
  } catch (const Error& error) {
    not_kept(error.what());
  } catch (const fs::filesystem_error& error) {
    not_kept(error.code().message().c_str());
  }
}

}  // namespace nas::cli
