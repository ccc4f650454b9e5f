/// The changes that nasbot_modifiers.hpp makes, at a place that the caller chooses.
///
/// Each gives a new graph in a topological order, which may break the rules or a limit.
#pragma once

#include <vector>

#include "core/base/random.hpp"
#include "search_spaces/nasbot_graph.hpp"

namespace nas {

struct Edge {
  std::size_t from;
  std::size_t to;
};

/// In topological order.
std::vector<std::size_t> layers_with_units(const NasBotGraph& graph);

/// 1/8 more units, or less, to the nearest whole number.
NasBotGraph resized(const NasBotGraph& graph, const std::vector<std::size_t>& layers, bool more);

struct LabelShare {
  NasBotLabel label;
  double share;  ///< probability, up to a factor
};
/// What a layer may become; nothing for the input, the output, decision and fully connected layers.
std::vector<LabelShare> swap_candidates(NasBotLabel label);
/// `stride` counts where the new label is a convolution.
NasBotGraph swapped(const NasBotGraph& graph, std::size_t layer, NasBotLabel label, int stride);

/// All but those into the output.
std::vector<Edge> wedge_edges(const NasBotGraph& graph);
/// Without pools. Behind a fully connected layer there are only fully connected layers.
std::vector<NasBotLabel> wedge_labels(const NasBotGraph& graph, Edge edge);
/// The new layer has the mean of the units of both ends; where neither has units, of what feeds
/// them. `stride` counts for convolutions.
NasBotGraph wedged(const NasBotGraph& graph, Edge edge, NasBotLabel label, int stride);

/// Not the input, the output and decision layers, nor a fully connected layer behind an image.
std::vector<std::size_t> removable_layers(const NasBotGraph& graph);
/// What fed the layer alone and what it alone fed are joined in pairs, what is left over with any
/// other; in a random order, or in that of the layers where `random` is null. Where the layer
/// halved the image, its children get stride 2, or its parents, if all of them are convolutions of
/// stride 1.
NasBotGraph removed(const NasBotGraph& graph, std::size_t layer, Random* random);

/// Copies of `kept`, in a row, from `start` to `end`.
NasBotGraph with_branch(const NasBotGraph& graph, std::size_t start,
                        const std::vector<std::size_t>& kept, std::size_t end);

/// Where a skip from `start` may lead: at least two layers on by the shortest way, where the image
/// is not larger, to no decision layer, and of the fully connected ones to the first only.
std::vector<std::size_t> skip_ends(const NasBotGraph& graph, std::size_t start);
/// With as many average pools as the image is halved on the way.
NasBotGraph with_skip(const NasBotGraph& graph, Edge edge);

}  // namespace nas
