/// The spaces by which design spaces were first compared (Radosavovic et al. 2019, "On Network
/// Design Spaces for Visual Recognition"), for CIFAR.
///
/// A stem of 16 channels, three stages with strides 1, 2, 2, as in anynet_network.hpp.
///
/// | `kind` | block | depth | width | ratio | groups | genotypes |
/// |---|---|---|---|---|---|---|
/// | vanilla | two 3x3 convolutions | 9 values in 1 … 24 | 12 in 16 … 256 | | | 1,259,712 |
/// | resnet | the same with a residual | 9 in 1 … 24 | 12 in 16 … 256 | | | 1,259,712 |
/// | resnext-a | grouped bottleneck | 1, 2, 4, 8, 16 | 5 in 16 … 256 | 1, 2, 4 | 1, 2, 4 |
/// 11,390,625 | | resnext-b | grouped bottleneck | 1, 2, 4, 8, 16 | 5 in 64 … 1024 | 1, 2, 4 | 1 …
/// 16 | 52,734,375 |
///
/// Each of a stage's decisions (stage*s*.depth, .width, .ratio, .groups) is free. The paper gives
/// ranges and numbers of values, about equidistant in the logarithm; the nine depths (1, 2, 3, 4,
/// 6, 8, 12, 16, 24) and twelve widths (16, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256) are our
/// reading of that. `sample` is uniform, as in the paper. There is one preset: the paper's is for
/// 32x32 pixels.
#pragma once

#include "search_spaces/registry.hpp"

namespace nas {

/// Its `make` throws Error(space) where the image is smaller than 4x4 pixels.
SpaceEntry nds_space();

}  // namespace nas
