/// The networks of DARTS (Liu et al. 2018, arXiv 1806.09055), as its authors' code builds them: the
/// relaxed one that is searched and the one that a genotype stands for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/architecture/blocks.hpp"

namespace nas {

/// In the order of the authors' list, in which coefficients count them.
enum class DartsOp : std::uint8_t {
  none,
  max_pool_3x3,
  avg_pool_3x3,
  skip_connect,
  sep_conv_3x3,
  sep_conv_5x5,
  dil_conv_3x3,
  dil_conv_5x5,
};
inline constexpr std::int64_t darts_ops = 8;
/// "sep_conv_3x3": the enumerator's name.
std::string_view darts_op_name(DartsOp op);

/// Nodes of a cell that are computed, and edges that lead to them from both of the cell's inputs
/// and from the nodes before: 2 + 3 + 4 + 5.
inline constexpr std::size_t darts_nodes = 4;
inline constexpr std::int64_t darts_edges = 14;

/// Stored tensors of (darts_edges, darts_ops) in which all cells of one kind have the coefficients
/// of their mixes, a row for each edge: by the node that it leads to, then by where it begins.
inline constexpr std::string_view darts_normal_coefficients = "alpha.normal";
inline constexpr std::string_view darts_reduction_coefficients = "alpha.reduction";

struct DartsOpSettings {
  std::int64_t stride = 1;
  bool affine = true;  ///< of batch norms
};
/// Keeps the channels. What is no pooling ends in a batch norm, unless it has no weights.
NodeId add_darts_op(Architecture& net, NodeId input, const std::string& name, DartsOp op,
                    const DartsOpSettings& settings);

struct DartsMixSettings {
  bool reduces = false;
  std::int64_t edge = 0;  ///< from 0 to darts_edges - 1
  std::int64_t stride = 1;
};
/// The sum of all ops, each times the softmax of the edge's coefficients; no batch norm is affine,
/// and there is one behind each pooling.
NodeId add_darts_mix(Architecture& net, NodeId input, const std::string& name,
                     const DartsMixSettings& settings);

/// An op on what `from` gives: 0 and 1 are the two cells before, 2 the first node of this one.
struct DartsEdge {
  DartsOp op;
  std::size_t from;
};
/// Both edges of the first node, of the second, ...; those of a node begin at different places.
using DartsCellGenotype = std::vector<DartsEdge>;
/// Both cells have the same number of nodes, in the paper `darts_nodes`.
struct DartsGenotype {
  DartsCellGenotype normal;
  DartsCellGenotype reduction;
};

/// The stem has three times as many channels as the first cell; every cell's output has four times
/// as many as its nodes. The cells at one and two thirds of the depth halve the image and double
/// the channels.
struct DartsSettings {
  std::int64_t channels = 16;
  std::size_t cells = 8;
};

/// The network that is searched.
Architecture darts_search_network(const DartsSettings& settings, const Task& task);

/// The network of a genotype, without the auxiliary classifier. Its weights are called as those of
/// the same ops in the network that is searched ("cell0.node1.from2.sep_conv_3x3.…").
Architecture darts_network(const DartsGenotype& genotype, const DartsSettings& settings,
                           const Task& task);

/// The cells that the authors' first-order and second-order searches found.
DartsGenotype darts_v1();
DartsGenotype darts_v2();

}  // namespace nas
