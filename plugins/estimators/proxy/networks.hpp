/// What zero-cost proxies need to know of a network, and the variants of it that they measure.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "core/architecture/architecture.hpp"
#include "core/parameters/element_runs.hpp"
#include "core/parameters/parameter_store.hpp"

namespace nas::proxy {

/// Every node of these kinds is the identity in the result, and so has no parameters any more; ids
/// and names stay.
Architecture without(const Architecture& architecture, std::initializer_list<OpKind> kinds);

/// A convolution or linear layer: what the literature on proxies calls a layer.
struct Layer {
  NodeId node;
  std::int64_t weights_per_channel;  ///< of one output channel
};
std::vector<Layer> layers(const Architecture& architecture);

/// The weights of the layers (no biases, nothing of batch norms) by the name of the stored tensor,
/// each with what the network uses of it.
std::map<std::string, ElementRuns> layer_weights(const Architecture& architecture);

/// Calls `visit` with each of these elements of `values`.
template <typename Values, typename Visit>
void for_elements(const ElementRuns& runs, const Values& values, Visit visit) {
  for (const ElementRun& run : runs) {
    for (std::size_t i = run.begin; i < run.begin + run.count; ++i) visit(i, values[i]);
  }
}

/// The feature maps that the classifier averages (ZenNAS' "pre-GAP"): what the last global pooling
/// on the way to the output reads. Where there is none, what the last layer reads.
NodeId features(const Architecture& architecture);

}  // namespace nas::proxy
