/// What `nas export` is to export: an architecture, where it is from, and which weights it has.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "core/architecture/architecture.hpp"
#include "results/run_summary.hpp"

namespace nas::cli {

struct ExportSource {
  std::string title = {};  ///< "trial 20 of runs/evolution-mbconv-1"
  std::string name = {};   ///< "trial 20 of evolution-mbconv-1": without the place where it is now
  Architecture architecture = {};
  /// Where it is from, as far as that is known: "run", "trial", "space", "genotype", "named",
  /// "file", "precision".
  nlohmann::json origin = nlohmann::json::object();
  Metrics metrics = {};                               ///< of the final training
  std::optional<std::filesystem::path> weights = {};  ///< that were kept
  std::string lack = {};                              ///< else: why there are none, and what to do
};

/// Of RUN and --trial, or --architecture, or --space with --genotype or --named. Throws
/// Error(usage) where that is none or more than one, and what reading the run, the file or the
/// space throws.
ExportSource export_source(const Arguments& arguments);

/// The run whose trials are exported as CSV. Throws Error(usage) where something else is named.
RunSummary exported_run(const Arguments& arguments);

}  // namespace nas::cli
