/// Descriptions of spaces as JSON; search_spaces/FORMAT.md documents the format.
#pragma once

#include <string>

#include "search_spaces/staged/description.hpp"

namespace nas {

/// Throws Error(space) that names source, line, the value and what is allowed, where the text is
/// not JSON, not of the format, or its parts do not fit (as check_description).
SpaceDescription description_from_json(const std::string& text, const std::string& source);

/// What description_from_json reads back as the same description; defaults are written out.
std::string description_to_json(const SpaceDescription& description);

}  // namespace nas
