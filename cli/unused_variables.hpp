/// Environment variables that look like settings and are not used.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"

namespace nas::cli {

/// A warning for each NAS_* variable of this process that `command` should use, as its user may
/// think, and does not: one that is no setting, with the nearest name or what to write instead, and
/// a setting that `resume` takes from the run. Empty for commands without settings.
std::vector<std::string> unused_variables(const Command& command);

}  // namespace nas::cli
