/// Runs as commands name them.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "results/run_directory.hpp"

namespace nas::cli {

/// The run directories in `directory` and in the series there, runs/x-2 before runs/x-10; a series
/// of which there is the summary alone stands for itself. None where it cannot be read.
std::vector<std::filesystem::path> runs_in(const std::filesystem::path& directory);

/// What `path` stands for: itself where it is a run, the runs of a series, and those in a directory
/// that holds some. Anything else stands for itself, and whoever opens it says what is wrong.
std::vector<std::filesystem::path> runs_of(const std::filesystem::path& path);

/// What all of `words` stand for, every run once, however often and by whichever name it is given.
/// Files beside the runs of a series are passed over: a shell gives them for `SERIES/*`.
std::vector<std::filesystem::path> runs_of_all(std::span<const std::string> words);

/// RunDirectory::open; where `path` holds runs instead of being one, the message says how to see
/// them.
RunDirectory open_run(const std::filesystem::path& path, RunDirectory::Access access);

/// `path` as a shell reads it: in quotes where it needs them.
std::string shell_word(const std::filesystem::path& path);

}  // namespace nas::cli
