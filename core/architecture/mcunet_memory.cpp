#include "core/architecture/mcunet_memory.hpp"

#include <algorithm>
#include <vector>

namespace nas {
namespace {

bool is_depthwise(const Architecture& net, NodeId node) {
  const Op& op = net.op(node);
  return op.kind() == OpKind::convolution && op.integer("groups") > 1 &&
         op.integer("groups") == net.shape(net.inputs(node)[0]).channels;
}

NodeId behind_identities(const Architecture& net, NodeId node) {
  while (net.op(node).kind() == OpKind::identity) node = net.inputs(node)[0];
  return node;
}

/// The depthwise convolutions of the block that leads from `shortcut` to `end`; none where it leads
/// from elsewhere.
std::vector<NodeId> depthwise_between(const Architecture& net, NodeId shortcut, NodeId end) {
  std::vector<NodeId> found;
  for (NodeId node = end; node != shortcut; node = net.inputs(node)[0]) {
    const bool is_source = net.inputs(node).empty();
    if (node < shortcut || is_source || net.op(node).kind() == OpKind::add) return {};
    if (is_depthwise(net, node)) found.push_back(node);
  }
  return found;
}

/// By node: the elements of the shortcut that waits while a depthwise convolution runs.
std::vector<std::int64_t> waiting_shortcuts(const Architecture& net) {
  std::vector<std::int64_t> waiting(net.size(), 0);
  for (NodeId sum = 0; sum < net.size(); ++sum) {
    const std::vector<NodeId>& inputs = net.inputs(sum);
    if (net.op(sum).kind() != OpKind::add || inputs.size() != 2) continue;
    for (const std::size_t side : {0U, 1U}) {
      const NodeId shortcut = behind_identities(net, inputs[side]);
      for (const NodeId node : depthwise_between(net, shortcut, inputs[1 - side])) {
        waiting[node] = net.shape(shortcut).elements();
      }
    }
  }
  return waiting;
}

}  // namespace

std::int64_t mcunet_peak_elements(const Architecture& architecture) {
  const std::vector<std::int64_t> waiting = waiting_shortcuts(architecture);
  std::int64_t peak = 0;
  for (NodeId node = 0; node < architecture.size(); ++node) {
    const OpKind kind = architecture.op(node).kind();
    if (kind != OpKind::convolution && kind != OpKind::linear) continue;
    peak = std::max(peak, architecture.shape(architecture.inputs(node)[0]).elements() +
                              architecture.shape(node).elements() + waiting[node]);
  }
  return peak;
}

}  // namespace nas
