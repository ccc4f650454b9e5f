/// The weights of convolutions and linear layers, with the batch norm behind them where it is to be
/// part of them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/architecture/architecture.hpp"
#include "core/parameters/parameter_store.hpp"

namespace nas::onnx_export {

/// What is added to `factor` times a value, by channel: a batch norm in inference.
struct ChannelTerms {
  std::vector<double> factor;
  std::vector<double> term;
};
ChannelTerms batch_norm_terms(const Architecture& net, NodeId norm, const ParameterStore& store);

/// By the node of a convolution or linear layer: the batch norm that alone reads it.
std::map<NodeId, NodeId> foldable_batch_norms(const Architecture& net);

struct LayerWeights {
  std::vector<float> weight;
  std::vector<float> bias;  ///< empty: none
};
/// Of a convolution or linear layer. Folded in double.
LayerWeights layer_weights(const Architecture& net, NodeId layer, std::optional<NodeId> norm,
                           const ParameterStore& store);

}  // namespace nas::onnx_export
