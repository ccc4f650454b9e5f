/// Once-for-All's space (Cai et al. 2019): sub-networks of one MobileNetV3-like network, of elastic
/// depth, kernel, expansion and resolution.
///
/// | decision | options |
/// |---|---|
/// | resolution | 128, 132, … 224 (where `resolutions` is true, as by default) |
/// | unit*u*.depth, *u* = 1 … 5 | 2, 3, 4: the first so many layers |
/// | unit*u*.layer*l*.kernel | 3, 5, 7: centres of the 7x7, transformed 7 to 5 to 3 |
/// | unit*u*.layer*l*.expansion | 3, 4, 6: the first channels |
///
/// Units have 24, 40, 80, 112, 160 channels, strides 2, 2, 2, 1, 2, squeeze-and-excitation in units
/// 2, 4, 5 (hidden: a quarter of the expanded channels, to a multiple of 8; gate h-sigmoid), ReLU
/// in units 1 and 2, h-swish elsewhere. Before them a stem of 16 channels and a layer of 16; after
/// them 1x1 convolutions to 960 and, behind the pooling and without norm, to 1,280.
///
/// (9^2 + 9^3 + 9^4)^5 = 7371^5 = 21,758,655,492,572,485,851 sub-networks, times 25 resolutions.
/// All share one network's weights: names are those of the places alone, smaller layers are views
/// (core/architecture/parameter_reference.hpp).
///
/// The small preset has units of 16, 24, 32, 48, 64 channels, stem and first layer of 8, 1x1
/// convolutions to 192 and 256, depths of 1 and 2, strides of 1 instead of 2 from the stem on as
/// far as it takes to leave 4 pixels, and as resolutions the task's smaller side and 4 and 8 pixels
/// less (where 16 are left).
#pragma once

#include "search_spaces/registry.hpp"

namespace nas {

SpaceEntry ofa_space();

}  // namespace nas
