/// Where plugins are looked for.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/settings.hpp"
#include "results/run_directory.hpp"

namespace nas::cli {

/// --plugin-dir, then NAS_PLUGIN_PATH, then the user's data directory, then the installed one, then
/// the build tree's. Throws Error(config) where a --plugin-dir is no directory.
std::vector<std::filesystem::path> plugin_path(const Arguments& arguments,
                                               const Environment& environment);
/// Likewise, where `run` had its plugins from right behind --plugin-dir.
std::vector<std::filesystem::path> plugin_path_of(const RunDirectory& run,
                                                  const Arguments& arguments,
                                                  const Environment& environment);

}  // namespace nas::cli
