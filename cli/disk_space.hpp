/// Whether there is room for a run.
#pragma once

#include <cstdint>
#include <filesystem>

namespace nas::cli {

/// Throws Error(io) where the file system of `directory` (or of its nearest parent that exists) has
/// fewer than `bytes` free. Says nothing where the system does not tell.
void check_disk_space(const std::filesystem::path& directory, std::uint64_t bytes);

/// An estimate from above for the database, the log and the best network of so many trials, and
/// for checkpoints that take so many bytes together.
std::uint64_t bytes_of_run(std::int64_t trials, double checkpoint_bytes);

}  // namespace nas::cli
