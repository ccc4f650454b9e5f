/// Spaces that are described in a file.
#pragma once

#include <string>

#include "cli/settings.hpp"

namespace nas::cli {

/// True where --space names a file, "mine.json", and not a space.
bool is_space_file(const std::string& name);
/// The whole file. Throws Error(io).
std::string read_space_file(const std::string& file);

/// The name under which `space` is registered. A file is read and becomes options of the space
/// "described", as if --set had given them, so that what follows does not depend on the file. Of
/// "table:FILE" the path becomes an option of the space "codes", absolute.
/// Throws Error(io) where it cannot be read.
std::string registered_space(const Setting& space, Settings::Keyed& options);
/// The estimator `table` looks the codes of "table:FILE" up in that file, unless it is told
/// another. Paths become absolute: a run may be resumed from elsewhere.
void resolve_tables(const std::string& estimator, Settings::Keyed& options);

}  // namespace nas::cli
