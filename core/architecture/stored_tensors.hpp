/// The tensors of a store that an architecture uses.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/architecture/architecture.hpp"

namespace nas {

struct StoredTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  ParameterRole role;
  /// Of a weight or a bias: how many inputs one output value of its layer sums over, in the stored
  /// tensor of the weights; 1 for all others.
  std::int64_t fan_in;
};

/// Each once, in the order of its first use: the nodes' parameters, and behind each the matrices of
/// its transforms. Throws Error(space), with the node, where one name is used for two shapes or two
/// roles.
std::vector<StoredTensor> stored_tensors(const Architecture& architecture);

}  // namespace nas
