/// Runs as commands name them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "results/run_directory.hpp"

namespace nas::cli {

/// The run directories in `directory`, runs/x-2 before runs/x-10; none where it cannot be read.
std::vector<std::filesystem::path> runs_in(const std::filesystem::path& directory);

/// RunDirectory::open; where `path` holds runs instead of being one, the message says how to see
/// them.
RunDirectory open_run(const std::filesystem::path& path, RunDirectory::Access access);

/// `path` as a shell reads it: in quotes where it needs them.
std::string shell_word(const std::filesystem::path& path);

}  // namespace nas::cli
