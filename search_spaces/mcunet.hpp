/// MCUNet's space (Lin et al. 2020): ProxylessNAS-like networks of one width and one resolution,
/// which TinyNAS chooses first.
///
/// | decision | options |
/// |---|---|
/// | stage*s*.depth, *s* = 1 … 5 | 2, 3, 4 |
/// | stage*s*.layer*l*.kernel, *s* = 1 … 6 | 3, 5, 7 |
/// | stage*s*.layer*l*.expansion | 3, 4, 6 |
///
/// Channels are `width` (0.2 … 1) times 32 (stem), 16 (first layer), 24, 40, 80, 96, 192, 320
/// (stages; the sixth has one layer) and 1,280 (the 1x1 convolution that mixes features, which
/// `mix` false leaves out), in multiples of 8; strides of the stages 2, 2, 2, 1, 2, 1; ReLU6.
/// `resolution` (48, 64, … 224 in the paper) makes the input square; 0 keeps the task's.
///
/// (9^2 + 9^3 + 9^4)^5 * 9 = 1.96e20 networks for each of 12 * 9 = 108 configurations. The paper's
/// text says 3.3e25 and its supplement 2e19, which is the same count without the sixth stage.
/// Smaller layers are parts of the largest network's, as in Once-for-All.
///
/// The small preset has `width` 0.3, depths of 1 and 2, and strides of 1 instead of 2 from the stem
/// on as far as it takes to leave 4 pixels; the published one `width` 1 unless it is given.
#pragma once

#include "search_spaces/registry.hpp"

namespace nas {

SpaceEntry mcunet_space();

}  // namespace nas
