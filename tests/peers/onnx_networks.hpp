/// The networks that onnxruntime runs: each with its weights, one input and what the engine makes
/// of it.
#pragma once

#include <functional>
#include <string>

#include "core/architecture/architecture.hpp"
#include "core/parameters/parameter_store.hpp"

namespace nas::peers {

/// Called with every network in turn.
using NetworkVisitor =
    std::function<void(const std::string& name, const Architecture& net, ParameterStore& store)>;

/// Every op in every setting of tests/engine/op_cases.hpp, behind a convolution and as the first.
void visit_ops(const NetworkVisitor& visit);
/// small_networks.hpp, elastic subnets and layers with and without a batch norm to fold.
void visit_networks(const NetworkVisitor& visit);
/// A few genotypes of every registered space, with weights of some steps of training where the
/// network classifies images, else drawn at random.
void visit_spaces(const NetworkVisitor& visit);

}  // namespace nas::peers
