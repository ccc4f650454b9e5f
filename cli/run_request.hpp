/// From settings to what a run needs.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "cli/experiment.hpp"
#include "cli/settings.hpp"

namespace nas::cli {

/// Throws Error(usage), or Error(config) where the value came from a file or the environment.
ExperimentRequest experiment_request(const Settings& settings);
/// Those of --objective, in order; none where none is given. Throws as above.
std::vector<Objective> given_objectives(const Settings& settings);
/// Those of --max, without the default one. Throws as above.
std::vector<Limit> given_limits(const Settings& settings);
/// A dataset's name stays, a folder becomes absolute: a run may be resumed from elsewhere.
std::string resolved_data(const std::string& name_or_folder);
/// Of convolutions and linear layers.
Precision requested_precision(const Settings& settings);
/// Nothing: the estimator's.
std::optional<double> requested_final_epochs(const Settings& settings);
int requested_final_shards(const Settings& settings);
/// At least 1; by default all processors.
int requested_jobs(const Settings& settings);

}  // namespace nas::cli
