/// Networks of a single op, for tests of kernels.
#pragma once

#include <string>
#include <vector>

#include "core/architecture/blocks.hpp"
#include "core/parameters/parameter_store.hpp"

namespace nas::test {

/// `op` reads one input node for each of `inputs`. Its node is called "op".
inline Architecture one_op(const Op& op, const std::vector<Shape>& inputs) {
  Architecture net;
  std::vector<NodeId> ids;
  for (const Shape& shape : inputs) ids.push_back(net.add(input_op(shape), {}));
  net.mark_output(net.add(op, ids, "op"));
  return net;
}

/// The name of the parameter with this role of the node with this name.
inline std::string parameter_of(const Architecture& net, const std::string& node,
                                ParameterRole role) {
  for (NodeId id = 0; id < net.size(); ++id) {
    if (net.name(id) != node) continue;
    for (const ParameterSpec& spec : net.parameters(id)) {
      if (spec.role == role) return parameter_name(net, id, spec.suffix);
    }
  }
  return {};
}

}  // namespace nas::test
