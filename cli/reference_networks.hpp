/// Networks that people designed, trained as the runs of a report train theirs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/cancel_token.hpp"
#include "results/report/report.hpp"

namespace nas::cli {

/// What was asked for, and where what comes of it is kept.
struct ReferenceRequest {
  std::vector<std::string> names;  ///< "resnet8", ...: see named_architecture
  /// The folder of a ReferenceCache: what was trained before by the very same recipe is read from
  /// there, the rest added as soon as it has been trained.
  std::filesystem::path cache;
  std::vector<std::filesystem::path> plugin_path = {};
  bool quiet = false;  ///< no progress on stderr
};

struct ReferenceOutcome {
  std::vector<ReportNetwork> networks;  ///< in the order of the names
  std::string recipe;                   ///< in words
  bool cancelled = false;               ///< not all of them are there
};

/// The names in `values` of --reference, parted by commas, each once. Throws Error(config) on one
/// that nobody has published, with the nearest.
std::vector<std::string> reference_names(const std::vector<std::string>& values);

/// Measures each network as a trial of `run` is, by its estimator, options, data, precision and
/// seed and, where the run trains its best at length, as that is. Throws Error(config) where the
/// estimator does not train, Error(data) where the data are others than the run had.
ReferenceOutcome reference_networks(const ReferenceRequest& request, const ReportRun& run,
                                    const CancelToken& cancel);

}  // namespace nas::cli
