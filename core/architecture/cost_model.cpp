#include "core/architecture/cost_model.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace nas {
namespace {

constexpr std::int64_t bytes_of_float = 4;

/// Whether `node`, a batch norm, disappears into the layer before it: that layer's output must not
/// be seen by anybody else.
bool folds(const Architecture& net, NodeId node) {
  const NodeId layer = net.inputs(node)[0];
  const OpKind kind = net.op(layer).kind();
  const bool is_output = std::ranges::find(net.outputs(), layer) != net.outputs().end();
  return (kind == OpKind::convolution || kind == OpKind::linear) && !is_output &&
         net.consumers(layer).size() == 1;
}

/// What remains of the `params` of a node.
std::int64_t params_after_folding(const Architecture& net, NodeId node, std::int64_t params) {
  if (net.op(node).kind() != OpKind::batch_norm) return params;
  // One factor and one term a channel, also where scale and shift are not trained.
  if (!folds(net, node)) return 2 * net.shape(node).channels;
  const NodeId layer = net.inputs(node)[0];
  const bool has_bias = net.op(layer).integer("bias") != 0;
  return has_bias ? 0 : net.shape(node).channels;
}

/// The input whose memory the output of `node` takes over: the first that dies there, of those that
/// the op can overwrite. `node` itself where there is none.
NodeId overwritten_input(const Architecture& net, NodeId node,
                         const std::vector<Lifetime>& lifetimes) {
  const OpRow& row = net.op(node).row();
  if (!row.in_place) return node;
  const std::vector<NodeId>& inputs = net.inputs(node);
  const std::size_t candidates = row.commutative ? inputs.size() : 1;
  for (std::size_t i = 0; i < candidates; ++i) {
    if (lifetimes[inputs[i]].last_reader == node) return inputs[i];
  }
  return node;
}

/// Elements of the fullest moment.
std::int64_t peak_elements(const Architecture& net) {
  const std::vector<Lifetime> all = lifetimes(net);
  // Where storage is taken, and after which node it is given back.
  std::vector<std::int64_t> change(net.size() + 2, 0);
  std::vector<NodeId> end(net.size(), 0);
  for (NodeId node = 0; node < net.size(); ++node) {
    NodeId& last = end[all[node].storage];
    last = std::max(last, std::min(all[node].last_reader, net.size()));
  }
  for (NodeId node = 0; node < net.size(); ++node) {
    if (all[node].storage != node) continue;
    change[node] += net.shape(node).elements();
    change[end[node] + 1] -= net.shape(node).elements();
  }
  std::int64_t live = 0, peak = 0;
  for (const std::int64_t step : change) {
    live += step;
    peak = std::max(peak, live);
  }
  return peak;
}

}  // namespace

NodeCost node_cost(const Architecture& architecture, NodeId node) {
  NodeCost cost;
  const Op& op = architecture.op(node);
  const std::vector<Shape> inputs = architecture.input_shapes(node);
  for (const ParameterSpec& parameter : op.row().parameters(op, inputs)) {
    if (!is_trainable(parameter.role)) continue;
    cost.params += std::accumulate(parameter.shape.begin(), parameter.shape.end(), std::int64_t{1},
                                   std::multiplies<>());
  }
  cost.macs = op.row().macs(op, inputs, architecture.shape(node));
  return cost;
}

Cost cost(const Architecture& architecture) {
  Cost total;
  for (NodeId node = 0; node < architecture.size(); ++node) {
    const NodeCost own = node_cost(architecture, node);
    total.params += own.params;
    total.macs += own.macs;
    total.flash_int8 += params_after_folding(architecture, node, own.params);
  }
  total.ram_int8 = peak_elements(architecture);
  total.ram = total.ram_int8 * bytes_of_float;
  total.flash = total.flash_int8 * bytes_of_float;
  return total;
}

std::vector<Lifetime> lifetimes(const Architecture& architecture) {
  std::vector<Lifetime> result;
  for (NodeId node = 0; node < architecture.size(); ++node) {
    const auto readers = architecture.consumers(node);
    result.push_back({node, readers.empty() ? node : readers.back()});
  }
  for (const NodeId output : architecture.outputs()) {
    result[output].last_reader = architecture.size();
  }
  for (NodeId node = 0; node < architecture.size(); ++node) {
    const NodeId source = overwritten_input(architecture, node, result);
    if (source != node) result[node].storage = result[source].storage;
  }
  return result;
}

}  // namespace nas
