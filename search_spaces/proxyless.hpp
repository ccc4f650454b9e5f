/// ProxylessNAS' space (Cai et al. 2018): an inverted bottleneck, or nothing, in every place.
///
/// | decision | options |
/// |---|---|
/// | stage*s*.layer*l*.op | k3e3, k3e6, k5e3, k5e6, k7e3, k7e6 (kernel, expansion), zero |
///
/// Stages 1 … 6 have 24, 40, 80, 96, 192, 320 channels, 4, 4, 4, 4, 4, 1 layers and strides
/// 2, 2, 2, 1, 2, 1, behind a stem of 32 channels and a layer of 16 without expansion; a 1x1
/// convolution to 1,280 channels follows; ReLU6. The zero op leaves the layer's residual, so that
/// the layer is the identity: it is open to all layers but a stage's first, which changes the shape
/// (the authors' rule: stride 1 and as many channels out as in).
///
/// 6^6 * 7^15 = 221,502,229,807,900,608 networks. Often 7^21 is quoted, which forgets that the
/// first layers cannot be zero.
///
/// The small preset has stages of 8, 16, 24, 32, 48, 64 channels, 2, 2, 2, 2, 2, 1 layers, a stem
/// and first layer of 8, a 1x1 convolution to 192, and strides of 1 instead of 2 from the stem on
/// as far as it takes to leave 4 pixels.
#pragma once

#include "search_spaces/registry.hpp"

namespace nas {

SpaceEntry proxyless_space();

}  // namespace nas
