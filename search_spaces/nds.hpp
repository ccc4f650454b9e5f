/// The spaces by which design spaces were first compared (Radosavovic et al. 2019, "On Network
/// Design Spaces for Visual Recognition"), for CIFAR.
///
/// A stem of 16 channels, three stages with strides 1, 2, 2, as in anynet_network.hpp.
///
/// | `kind`    | block                  | depth | width | ratio | groups | genotypes |
/// |-----------|------------------------|-------|-------|-------|--------|-----------|
/// | vanilla   | two 3x3 convolutions   | D     | W     |       |        | 1,259,712 |
/// | resnet    | the same, a residual   | D     | W     |       |        | 1,259,712 |
/// | resnext-a | grouped bottleneck     | P     | A     | R     | R      | 11,390,625 |
/// | resnext-b | grouped bottleneck     | P     | B     | R     | P      | 52,734,375 |
///
/// D is 1, 2, 3, 4, 6, 8, 12, 16, 24, W is 16, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256, P is
/// 1, 2, 4, 8, 16, A is 16 … 256 and B 64 … 1024 by doubling, R is 1, 2, 4.
///
/// Each of a stage's decisions (stage*s*.depth, .width, .ratio, .groups) is free. The paper gives
/// ranges and numbers of values, about equidistant in the logarithm; D and W are our reading of
/// that. `sample` is uniform, as in the paper.
///
/// The preset `small` has a stem of 8 channels and fewer values, so that every network has less
/// than 40 million MACs at 32x32 pixels: depths up to 3 and widths 4 … 16 (1,728 genotypes),
/// resnext-a 8 … 24, resnext-b two depths and the widths 16 and 32.
#pragma once

#include "search_spaces/registry.hpp"

namespace nas {

/// Its `make` throws Error(space) where the image is smaller than 4x4 pixels.
SpaceEntry nds_space();

}  // namespace nas
