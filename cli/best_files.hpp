/// What a run leaves in best/.
#pragma once

#include <filesystem>

#include "core/architecture/architecture.hpp"

namespace nas::cli {

/// best/architecture.json and best/architecture.dot. Throws Error(io).
void write_architecture(const std::filesystem::path& best, const Architecture& architecture);
std::filesystem::path weights_file(const std::filesystem::path& best);
/// The file of --architecture: `given` or, where that is a run, its best.
std::filesystem::path architecture_file(const std::filesystem::path& given);

}  // namespace nas::cli
