/// Environment variables that look like settings and are none.
#pragma once

#include <string>
#include <vector>

namespace nas::cli {

/// A warning for each NAS_* variable of this process that nothing reads, with the nearest name.
std::vector<std::string> unknown_variables();

}  // namespace nas::cli
