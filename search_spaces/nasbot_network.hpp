/// Graphs of nasbot_graph.hpp: the starting pool, and as networks.
#pragma once

#include <vector>

#include "core/architecture/architecture.hpp"
#include "search_spaces/nasbot_graph.hpp"

namespace nas {

/// The ten networks by hand that the search starts from (the authors' `nn_opt_utils.py`): of CNNs,
/// four in the manner of VGG with one to four convolutions in each of three blocks, and six of
/// blocks of convolutions; of perceptrons, ten of blocks of layers, rectifiers and sigmoids in turn
/// (in the order that is named here, where the authors shuffle them). Units are divided by
/// `divisor`.
std::vector<NasBotGraph> nasbot_pool(NasBotKind kind, int divisor);

/// What a layer is made of: convolution, batch norm, ReLU; two of them with a shortcut for a
/// residual layer, whose input is averaged where the layer halves the image and gets channels of
/// zeros, or loses its last ones, to have as many as the layer; pools of 2x2, padded in front where
/// a side is odd; linear layer and ReLU for a fully connected one, after global average pooling of
/// an image. Decision layers are linear; the output adds them, where there are several.
///
/// The graph must be valid and in its canonical order: channels are concatenated in the order of
/// the layers, and weights are named by their numbers, labels and shapes.
Architecture build_nasbot(const NasBotGraph& graph, NasBotKind kind, const Task& task);

}  // namespace nas
