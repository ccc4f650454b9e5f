/// Compound scaling (Tan, Le 2019, "EfficientNet"): by how much to multiply the depth, the width
/// and the resolution of one baseline network.
///
/// | decision | options |
/// |---|---|
/// | alpha | 1, 1.05, … 2: layers times alpha^phi |
/// | beta | 1, 1.05, … 2: channels times beta^phi |
/// | gamma | 1, 1.05, … 2: height and width of the image times gamma^phi, to the nearest pixel |
///
/// Open are those with |alpha * beta^2 * gamma^2 - 2| <= `tolerance` (0.1), so that phi + 1 costs
/// about twice as much: 109 of them at `step` 0.05, (1.2, 1.1, 1.15) of the paper among them. They
/// are counted in whole steps: (1.9, 1, 1) lies on the limit. With `axis` depth, width or
/// resolution the other two factors stay 1, which leaves three, one and one of the 109. `phi`
/// scales all. The size has no closed form; it is the number of candidates, which `enumerate`
/// walks.
///
/// The baseline is EfficientNet-B0 (preset `published`, for 224x224) or a network of its kind for
/// 28x28 and 32x32 (`small`). Rounding is that of the authors' code: layers up, channels to the
/// nearest multiple of 8 but never more than 10 % down, stem and head included. Rounding makes the
/// networks dearer than the formula says: B0 with (1.2, 1.1, 1.15) costs 2.57, 4.69 and 8.43 times
/// as many MACs at phi = 1, 2, 3, where it says 1.92, 3.69 and 7.08. The released B1 to B7 were set
/// by hand and are no powers of (1.2, 1.1, 1.15); they are there by name.
#pragma once

#include "search_spaces/registry.hpp"

namespace nas {

/// Its `make` throws Error(config) where no candidate is left, Error(space) where the image is
/// smaller than all strides together.
SpaceEntry efficientnet_space();

}  // namespace nas
