#include "core/architecture/cost_model.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <utility>

#include "core/architecture/mcunet_memory.hpp"

namespace nas {
namespace {

constexpr std::int64_t bytes_of_float = 4;

/// What a node adds to the network's costs.
struct OwnCost {
  NodeCost cost;
  bool weight_is_shared = false;  ///< another node's weight has an equal reference
};

bool counts(ParameterRole role) { return is_trainable(role) && role != ParameterRole::coefficient; }

std::int64_t elements(const ParameterSpec& spec) {
  return std::accumulate(spec.shape.begin(), spec.shape.end(), std::int64_t{1},
                         std::multiplies<>());
}

/// By node. What several nodes refer to alike is the first one's.
std::vector<OwnCost> own_costs(const Architecture& net) {
  std::vector<OwnCost> result(net.size());
  bool shares = false;
  for (NodeId node = 0; node < net.size(); ++node) shares |= !net.references(node).empty();
  std::map<ParameterReference, NodeId> holders;
  for (NodeId node = 0; node < net.size(); ++node) {
    const Op& op = net.op(node);
    const std::vector<Shape> inputs = net.input_shapes(node);
    result[node].cost.macs = op.row().macs(op, inputs, net.shape(node));
    for (const ParameterSpec& spec : op.row().parameters(op, inputs)) {
      if (!counts(spec.role)) continue;
      const auto [holder, is_first] = shares ? holders.try_emplace(net.reference(node, spec), node)
                                             : std::pair(holders.end(), true);
      if (is_first) {
        result[node].cost.params += elements(spec);
      } else if (spec.role == ParameterRole::weight) {
        result[node].weight_is_shared = result[holder->second].weight_is_shared = true;
      }
    }
  }
  return result;
}

/// Whether `node`, a batch norm, disappears into the layer before it: that layer's output must not
/// be seen by anybody else, nor its weights be used.
bool folds(const Architecture& net, NodeId node, const std::vector<OwnCost>& own) {
  const NodeId layer = net.inputs(node)[0];
  const OpKind kind = net.op(layer).kind();
  const bool is_output = std::ranges::find(net.outputs(), layer) != net.outputs().end();
  return (kind == OpKind::convolution || kind == OpKind::linear) && !is_output &&
         net.consumers(layer).size() == 1 && !own[layer].weight_is_shared;
}

/// What remains of the parameters of a node.
std::int64_t params_after_folding(const Architecture& net, NodeId node,
                                  const std::vector<OwnCost>& own) {
  if (net.op(node).kind() != OpKind::batch_norm) return own[node].cost.params;
  // One factor and one term a channel, also where scale and shift are not trained.
  if (!folds(net, node, own)) return 2 * net.shape(node).channels;
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

std::vector<NodeCost> node_costs(const Architecture& architecture) {
  std::vector<NodeCost> result;
  for (const OwnCost& own : own_costs(architecture)) result.push_back(own.cost);
  return result;
}

Cost cost(const Architecture& architecture) {
  Cost total;
  const std::vector<OwnCost> own = own_costs(architecture);
  std::vector<std::int64_t> macs;
  for (NodeId node = 0; node < architecture.size(); ++node) {
    macs.push_back(own[node].cost.macs);
    total.params += own[node].cost.params;
    total.macs += own[node].cost.macs;
    total.flash_int8 += params_after_folding(architecture, node, own);
  }
  total.ram_int8 = peak_elements(architecture);
  total.ram = total.ram_int8 * bytes_of_float;
  total.ram_mcunet = mcunet_peak_elements(architecture);
  total.flash = total.flash_int8 * bytes_of_float;
  total.fragmentation = fragmentation(architecture, macs);
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
