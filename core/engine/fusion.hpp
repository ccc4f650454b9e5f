/// Which nodes' values one step computes together.
///
/// A chain begins with its head; each further node is the only reader of the one before it, and
/// nobody else ever sees the values in between. So all nodes of a chain run under the guard of its
/// head, and none is an output or tapped but the last.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/architecture/architecture.hpp"
#include "core/engine/program.hpp"

namespace nas::engine {

class Fusions {
 public:
  /// Training: batch norm, activation. Inference: convolution, batch norm, addition, activation,
  /// each where it follows; otherwise as in training. The values of `taps` are read from outside.
  Fusions(const Architecture& architecture, Mode mode, std::span<const NodeId> taps);

  /// The nodes behind the head of a chain, in order; empty for all others.
  const std::vector<NodeId>& behind(NodeId head) const { return behind_[head]; }
  /// Whether the step of an earlier node computes this one's value.
  bool is_fused(NodeId node) const { return fused_[node]; }

 private:
  std::optional<NodeId> next(NodeId node) const;
  void take(NodeId head, NodeId node);
  void add_chain_of_convolution(NodeId head);

  const Architecture& architecture_;
  std::vector<bool> seen_;  ///< from outside
  std::vector<std::vector<NodeId>> behind_;
  std::vector<bool> fused_;
};

}  // namespace nas::engine
