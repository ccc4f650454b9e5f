/// MnasNet's factorised hierarchical space (Tan et al. 2018): MobileNetV2 in blocks, whose layers
/// are alike.
///
/// | decision, per block *b* = 1 … 5 | options |
/// |---|---|
/// | block*b*.depth | one less, as many, one more than MobileNetV2's layers: 2, 3, 4, 3, 3 |
/// | block*b*.width | 0.75, 1, 1.25 times MobileNetV2's 24, 32, 64, 96, 160 |
/// | block*b*.op | conv, separable, mbconv3, mbconv6 (expansion) |
/// | block*b*.kernel | 3, 5 |
/// | block*b*.se | 0, 0.25 of a layer's input channels |
/// | block*b*.skip | none, identity, pool |
///
/// 4 * 2 * 2 * 3 * 3 * 3 = 432 for a block, 432^5 = 15,045,919,506,432 in all. Fixed are the stem
/// (32 channels), the first layer (separable, 16) and the last (expansion 6, 320) of MobileNetV2,
/// the blocks' strides 2, 2, 2, 1, 2, the 1x1 convolution to 1,280 channels, and ReLU.
///
/// What the paper leaves open: widths are rounded to the nearest multiple of 8 (MobileNetV2's own
/// rule, which never takes off more than a tenth, makes 0.75 and 1 times 24 the same); a pooling
/// skip is 3x3 average pooling with the layer's stride, and as the identity it is there only where
/// shapes agree. In a block of one layer whose channels change, skips are all the same: `canonical`
/// has none.
///
/// The small preset has 16, 24, 32, 48, 64 channels in multiples of 4, 2 layers (1 to 3), a stem of
/// 16, a first layer of 8, no last one, a 1x1 convolution to 192, and strides of 1 instead of 2
/// from the stem on as far as it takes to leave 4 pixels.
#pragma once

#include "search_spaces/registry.hpp"

namespace nas {

SpaceEntry mnasnet_space();

}  // namespace nas
