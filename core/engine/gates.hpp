/// Which parts of a network run, where gated mixes (OpKind::mix) leave branches closed.
///
/// A node runs where some output needs it: through its readers, but not through the closed inputs
/// of a gated mix. Every such condition is a guard. Nodes that always run have the same one, and so
/// has a network without gated mixes.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/architecture/architecture.hpp"

namespace nas::engine {

using GuardId = std::size_t;
inline constexpr GuardId always_open = 0;

class Gates {
 public:
  /// All branches are open.
  explicit Gates(const Architecture& architecture);

  /// Of the node.
  GuardId guard(NodeId node) const { return node_guards_[node]; }
  /// Of what the node does with one of its inputs: it runs, and does not leave the input closed.
  GuardId guard(NodeId node, std::size_t input) const;

  bool open(GuardId guard) const { return open_[guard] != 0; }
  /// Opens and closes the inputs of the gated mix with this name. Throws Error(internal) where
  /// there is none, for another number of inputs than it has, and where all would be closed.
  void set_open(const std::string& mix, const std::vector<bool>& inputs);

 private:
  /// Open where any of these is and, if it is that of a mix's input, its gate is.
  struct Guard {
    std::vector<GuardId> any_of;
    std::optional<std::size_t> gate;
  };
  /// The inputs of one mix are consecutive gates and consecutive guards.
  struct Mix {
    std::size_t first_gate;
    GuardId first_guard;
    std::size_t inputs;
  };

  GuardId add(Guard guard);
  GuardId guard_of_readers(std::vector<GuardId> readers);
  bool fold_whole_mix(std::vector<GuardId>& readers) const;
  void add_mix(const Architecture& architecture, NodeId node);
  void evaluate();

  std::vector<GuardId> node_guards_;
  std::vector<Guard> guards_;  ///< each after those that it depends on
  std::vector<char> open_;     ///< by guard
  std::vector<char> gates_;    ///< open or not
  std::map<NodeId, Mix> mixes_;
  std::map<std::string, NodeId> names_;
  std::map<std::vector<GuardId>, GuardId> known_;  ///< guards without a gate, by `any_of`
};

}  // namespace nas::engine
