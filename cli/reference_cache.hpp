/// Keeps what designed networks were worth, so that no two reports train the same.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "cli/settings.hpp"
#include "results/report/report.hpp"

namespace nas::cli {

/// `nas/references` in the user's cache directory (XDG_CACHE_HOME, else ~/.cache). Empty where the
/// environment names none.
std::filesystem::path reference_cache_directory(const Environment& environment);

/// A file for each network and recipe, written whole: several reports may be made at a time.
class ReferenceCache {
 public:
  /// Made when something is kept. Empty: nothing is.
  explicit ReferenceCache(std::filesystem::path directory);

  /// What this network was worth by this recipe, if it was ever trained by it. A file that cannot
  /// be read or holds something else is as if it were not there.
  std::optional<ReportNetwork> find(const std::string& network, const nlohmann::json& recipe) const;
  /// Where that fails, on a full disk for example, it warns: the network is there, and is trained
  /// again by the next report.
  void add(const ReportNetwork& network, const nlohmann::json& recipe) const;

 private:
  std::filesystem::path file_of(const std::string& network, const nlohmann::json& recipe) const;

  std::filesystem::path directory_;
};

}  // namespace nas::cli
