/// Networks that are run beside PyTorch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/architecture/architecture.hpp"

namespace nas::peers {

struct Stage {
  std::int64_t channels;
  std::int64_t stride;
  std::int64_t expansion = 1;
  std::int64_t kernel = 3;
};
/// The blocks of network "a", and it with others.
std::vector<Stage> mobile_stages();
Architecture inverted_bottlenecks(const std::vector<Stage>& stages);

/// "a" to "e": those whose speed is compared, at 3 x 32 x 32. Throws Error(usage) on
/// another name.
Architecture network(const std::string& name);
std::vector<std::string> network_names();

}  // namespace nas::peers
