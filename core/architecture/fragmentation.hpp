/// How irregular a network is: many small ops beside and behind each other, or few large ones.
///
/// Two networks of equal MACs may differ several times in speed. Ma et al. 2018 (ShuffleNet V2,
/// guideline G3, "network fragmentation reduces the degree of parallelism") measure it by splitting
/// one convolution into two and four, behind each other and side by side. Cells that a search finds
/// (NASNet, AmoebaNet) are of this kind: accurate for their MACs, slow for their MACs.
///
/// Only ops that do work count: convolutions, linear layers and poolings, of squeeze-and-excitation
/// too. Their work is, for one sample, the MACs; of a pooling, the elements in the windows of all
/// outputs. Batch norms, activations, sums and concatenations, which are cheap or vanish into what
/// is before them, do not count. An op's level is the number of working ops on the longest path
/// from an input of the network up to and including the op; ops of one level can run at the same
/// time.
#pragma once

#include <cstdint>
#include <span>

#include "core/architecture/architecture.hpp"

namespace nas {

struct Fragmentation {
  std::int64_t working_ops = 0;
  /// The most working ops on one level: what runs side by side at the widest place. 1 for a chain.
  std::int64_t branches = 0;
  /// The highest level: working ops that have to run behind each other, whatever the parallelism.
  std::int64_t critical_path = 0;
  /// Share of the working ops that do less than a tenth of the mean work of all of them, 0 … 1.
  double small_ops = 0;

  /// Working ops a level, the mean number of parallel branches: 1 for a chain, 0 where nothing
  /// works.
  double mean_branches() const;
  friend bool operator==(const Fragmentation&, const Fragmentation&) = default;
};

/// `macs` of every node, as `node_cost` gives them. Linear in the size of the graph.
Fragmentation fragmentation(const Architecture& architecture, std::span<const std::int64_t> macs);

}  // namespace nas
