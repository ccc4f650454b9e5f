#include "core/engine/fusion.hpp"

#include <algorithm>

#include "core/engine/fused_activation.hpp"

namespace nas::engine {
namespace {

bool is_activation(OpKind kind) { return fused_activation(kind).has_value(); }

}  // namespace

Fusions::Fusions(const Architecture& architecture, Mode mode, std::span<const NodeId> taps)
    : architecture_(architecture),
      seen_(architecture.size()),
      behind_(architecture.size()),
      fused_(architecture.size()) {
  for (const NodeId node : architecture.outputs()) seen_[node] = true;
  for (const NodeId node : taps) seen_[node] = true;
  for (NodeId node = 0; node < architecture.size(); ++node) {
    if (fused_[node]) continue;
    const OpKind kind = architecture.op(node).kind();
    if (kind == OpKind::convolution && mode == Mode::inference) add_chain_of_convolution(node);
    if (kind == OpKind::batch_norm) {
      const auto reader = next(node);
      if (reader && is_activation(architecture.op(*reader).kind())) take(node, *reader);
    }
  }
}

/// The only reader of a value that nobody outside reads.
std::optional<NodeId> Fusions::next(NodeId node) const {
  const std::vector<NodeId> readers = architecture_.consumers(node);
  if (readers.size() != 1 || seen_[node]) return {};
  return readers.front();
}

void Fusions::take(NodeId head, NodeId node) {
  behind_[head].push_back(node);
  fused_[node] = true;
}

void Fusions::add_chain_of_convolution(NodeId head) {
  NodeId last = head;
  const auto extend = [&](auto accepts) {
    const auto reader = next(last);
    if (!reader || !accepts(*reader)) return;
    take(head, *reader);
    last = *reader;
  };
  const auto kind = [&](NodeId node) { return architecture_.op(node).kind(); };
  extend([&](NodeId node) { return kind(node) == OpKind::batch_norm; });
  extend([&](NodeId node) {
    // What is added must be there when the convolution runs.
    const auto& inputs = architecture_.inputs(node);
    return kind(node) == OpKind::add && inputs.size() == 2 && std::ranges::min(inputs) < head;
  });
  extend([&](NodeId node) { return is_activation(kind(node)); });
}

}  // namespace nas::engine
