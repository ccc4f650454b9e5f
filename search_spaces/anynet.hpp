/// The AnyNetX design spaces A to E (Radosavovic et al. 2020, "Designing Network Design Spaces").
///
/// Networks of `anynet_network.hpp` with `stages` stages. From A to E each space is a part of the
/// one before it.
///
/// | decision | options | published |
/// |---|---|---|
/// | stage*s*.depth | 1 … `max_depth` blocks | 16 |
/// | stage*s*.width | 8, 16, … `max_width` channels | 1024 |
/// | stage*s*.bottleneck; from B on: bottleneck | 1, 2, 4 | |
/// | stage*s*.group; from C on: group | 1, 2, 4, … `max_group` channels in a group | 32 |
///
/// In D and E no stage is narrower than the one before it, in E none is shallower either.
///
/// | level | genotypes, with n stages, D depths, W widths, B ratios, G group widths | published |
/// |---|---|---|
/// | A | (D W B G)^n | 1.8e18 |
/// | B | (D W G)^n B | 6.8e16 |
/// | C | (D W)^n B G | 3.2e14 |
/// | D | C(W+n-1, n) D^n B G | 1.4e13 |
/// | E | C(W+n-1, n) C(D+n-1, n) B G | 8.2e11 |
///
/// The paper divides C by n! instead, which leaves stages of equal width out: `counts` has both.
///
/// The preset `published` has four stages, each of stride 2, behind a stem of stride 2, for 224x224
/// pixels; `small` (D = 4, W = 8, groups up to 8) strides of 1, 1, 2, 2, 2, for 28x28 and 32x32.
///
/// `sample` is the paper's: depths and widths uniform in their logarithm, ratios and groups
/// uniform, and drawn again until D's and E's orders hold. Widths that a group width does not
/// divide are adjusted when the network is built, so that several genotypes may give one network;
/// they stay apart, as the paper counts them.
#pragma once

#include "search_spaces/registry.hpp"

namespace nas {

/// Its `make` throws Error(space) where the image is smaller than the strides of all stages.
SpaceEntry anynet_space();

}  // namespace nas
