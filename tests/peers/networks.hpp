/// Networks that are run beside PyTorch.
#pragma once

#include <string>
#include <vector>

#include "core/architecture/architecture.hpp"

namespace nas::peers {

/// "a" to "b": those whose speed is compared, at 3 x 32 x 32. Throws Error(usage) on another name.
Architecture network(const std::string& name);
std::vector<std::string> network_names();

}  // namespace nas::peers
