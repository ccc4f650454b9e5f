/// What an architecture costs, from its shapes alone.
#pragma once

#include <cstdint>
#include <vector>

#include "core/architecture/architecture.hpp"
#include "core/architecture/fragmentation.hpp"

namespace nas {

/// Parameters are counted as a network that is cut out of its store would hold them: as many values
/// as the op uses, whatever tensor, part or transform they come from; those of several nodes with
/// equal references once, at the first of them. The coefficients of a mix do not count: they choose
/// between weights, and published counts leave them out.
struct NodeCost {
  std::int64_t params = 0;  ///< trainable values, batch norm's scale and shift included
  std::int64_t macs = 0;    ///< multiply-accumulates for one sample
};
/// Of every node, by its id.
std::vector<NodeCost> node_costs(const Architecture& architecture);

/// Sizes are for one sample and in bytes.
struct Cost {
  std::int64_t params = 0;
  std::int64_t macs = 0;
  /// Peak of live activations at 4 bytes an element, ops executed in the order of their ids, the
  /// network's input included; ops marked `in_place` overwrite an input that nobody reads again.
  std::int64_t ram = 0;
  std::int64_t ram_int8 = 0;    ///< the same at 1 byte
  std::int64_t ram_mcunet = 0;  ///< by MCUNet's model, at 1 byte: see mcunet_peak_elements
  /// Parameters after batch norm is folded into the convolution or linear layer before it (one
  /// bias per channel remains; a batch norm that cannot be folded, as behind weights that other
  /// nodes use too, keeps scale and shift), 4 bytes each.
  std::int64_t flash = 0;
  std::int64_t flash_int8 = 0;  ///< the same at 1 byte, as MCUNet counts
  Fragmentation fragmentation;
  friend bool operator==(const Cost&, const Cost&) = default;
};
Cost cost(const Architecture& architecture);

/// Where each node's output lives, and for how long. The rule behind Cost::ram, shared with the
/// reference executor.
///
/// An op marked `in_place` writes over its first input (a commutative one over the first of its
/// inputs) whose last reader it is; all others get memory of their own. So the memory of a root is
/// taken when the root runs, passes from node to node, and is given back after the last reader of
/// the last node that lives there. An op's own output and all its inputs are live while it runs.
struct Lifetime {
  /// The node for which the memory was allocated, at the start of the chain of those that took it
  /// over; the node itself, if it took over none.
  NodeId storage;
  /// The last node that reads this one's output: the node itself where nobody does, and the
  /// architecture's size() for an output of the network, which outlives every node.
  NodeId last_reader;
};
std::vector<Lifetime> lifetimes(const Architecture& architecture);

}  // namespace nas
