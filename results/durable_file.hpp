/// Files that are there completely or not at all, even after a power failure.
#pragma once

#include <filesystem>
#include <string_view>

namespace nas {

/// Replaces `file` by one that holds `text`: written beside it as `<file>.new`, synchronised,
/// renamed. Throws Error(io); `file` is as it was then.
void write_durably(const std::filesystem::path& file, std::string_view text);
/// Makes the names in `directory` durable. Throws Error(io).
void synchronise_directory(const std::filesystem::path& directory);

}  // namespace nas
