#include "results/onnx/layers.hpp"

#include <algorithm>
#include <cmath>

#include "core/parameters/parameter_values.hpp"

namespace nas::onnx_export {
namespace {

std::vector<float> values(const Architecture& net, NodeId node, std::string_view suffix,
                          const ParameterStore& store) {
  return parameter_values(store, net.reference(node, suffix));
}

bool is_output(const Architecture& net, NodeId node) {
  return std::ranges::find(net.outputs(), node) != net.outputs().end();
}

}  // namespace

ChannelTerms batch_norm_terms(const Architecture& net, NodeId norm, const ParameterStore& store) {
  const Op& op = net.op(norm);
  const std::vector<float> mean = values(net, norm, "running_mean", store);
  const std::vector<float> variance = values(net, norm, "running_variance", store);
  const bool affine = op.integer("affine") != 0;
  const std::vector<float> scale =
      affine ? values(net, norm, "scale", store) : std::vector<float>(mean.size(), 1.0F);
  const std::vector<float> shift =
      affine ? values(net, norm, "shift", store) : std::vector<float>(mean.size(), 0.0F);
  ChannelTerms terms;
  for (std::size_t c = 0; c < mean.size(); ++c) {
    const double factor = scale[c] / std::sqrt(variance[c] + op.real("epsilon"));
    terms.factor.push_back(factor);
    terms.term.push_back(shift[c] - mean[c] * factor);
  }
  return terms;
}

std::map<NodeId, NodeId> foldable_batch_norms(const Architecture& net) {
  std::map<NodeId, NodeId> result;
  for (NodeId norm = 0; norm < net.size(); ++norm) {
    if (net.op(norm).kind() != OpKind::batch_norm) continue;
    const NodeId layer = net.inputs(norm).front();
    const OpKind kind = net.op(layer).kind();
    if (kind != OpKind::convolution && kind != OpKind::linear) continue;
    if (net.consumers(layer).size() == 1 && !is_output(net, layer)) result.emplace(layer, norm);
  }
  return result;
}

LayerWeights layer_weights(const Architecture& net, NodeId layer, std::optional<NodeId> norm,
                           const ParameterStore& store) {
  LayerWeights result{values(net, layer, "weight", store), {}};
  if (net.op(layer).integer("bias") != 0) result.bias = values(net, layer, "bias", store);
  if (!norm) return result;
  const ChannelTerms terms = batch_norm_terms(net, *norm, store);
  const std::size_t channels = terms.factor.size();
  const std::size_t per_channel = result.weight.size() / channels;
  result.bias.resize(channels, 0.0F);
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t i = c * per_channel; i < (c + 1) * per_channel; ++i) {
      result.weight[i] = static_cast<float>(result.weight[i] * terms.factor[c]);
    }
    result.bias[c] = static_cast<float>(result.bias[c] * terms.factor[c] + terms.term[c]);
  }
  return result;
}

}  // namespace nas::onnx_export
