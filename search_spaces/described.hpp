/// A space of one's own: whatever a JSON description says (search_spaces/FORMAT.md).
///
/// On the command line `--space FILE.json` reads the file and makes its text an option of this
/// space; so a run records the description itself. Without a description it is the example of
/// FORMAT.md.
#pragma once

#include <string>

#include "search_spaces/registry.hpp"
#include "search_spaces/staged/description.hpp"

namespace nas {

/// Under this name it is registered.
inline constexpr const char* described_space_name = "described";
/// Its options.
inline constexpr const char* description_text_option = "text";
inline constexpr const char* description_file_option = "file";

/// The worked example of FORMAT.md.
const std::string& example_description();

SpaceEntry described_space();

}  // namespace nas
