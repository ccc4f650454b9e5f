/// The convolutional space of the first search by reinforcement learning (Zoph, Le 2016, "Neural
/// Architecture Search with Reinforcement Learning").
///
/// `layers` convolutions, each with batch norm and ReLU; any of the earlier ones may feed a layer
/// (the paper's anchors).
///
/// | decision | published | small |
/// |---|---|---|
/// | layer*i*.height | 1, 3, 5, 7 rows of the filter | the same |
/// | layer*i*.width | 1, 3, 5, 7 columns | the same |
/// | layer*i*.filters | 24, 36, 48, 64 | 8, 16, 24, 32 |
/// | layer*i*.stride, with `strides` | 1, 2, 3 | the same |
/// | layer*i*.from*j*, for j < i | no, yes | the same |
///
/// What feeds a layer is concatenated along the channels, in the order of the layers; a layer that
/// nothing feeds reads the image. The outputs that no layer reads are concatenated, averaged over
/// the image and classified. Where sizes differ, which strides alone bring about, smaller images
/// get zeros at the bottom and on the right.
///
/// (4 * 4 * 4)^L * 2^(L (L - 1) / 2) networks of L layers, 3^L times as many with strides: 5.0e58
/// with the 15 layers of the paper's network without strides, 2.2e15 with the 6 of `small`. Every
/// genotype is canonical. The paper's networks with pooling are not part of this.
///
/// Weights are named by layer, filter and inputs: a layer with other inputs has other weights.
#pragma once

#include "search_spaces/registry.hpp"

namespace nas {

/// Fits any image.
SpaceEntry nasrl_space();

}  // namespace nas
