/// SPOS' space (Guo et al. 2019): which shuffle unit stands in each of 20 places.
///
/// | decision | options |
/// |---|---|
/// | stage*s*.layer*l*.op | shuffle3, shuffle5, shuffle7 (kernel), xception |
/// | stage*s*.layer*l*.branch | 0.2, 0.4, … 2 times half of the unit's output channels inside the
/// branch, rounded down (where `channels` is true) |
///
/// Stages have 4, 4, 8, 4 units of 64, 160, 320, 640 channels, the first of each with stride 2,
/// behind a stem of 16 channels and stride 2; a 1x1 convolution to 1,024 channels, dropout 0.1 and
/// a classifier without bias follow. Batch norms have no scale and shift, as in the released code's
/// supernet, unless `affine` is true.
///
/// 4^20 = 1,099,511,627,776 networks, 40^20 with the search for channels, in which narrower
/// branches are the first channels of the widest.
///
/// The small preset has a quarter of the channels (16, 40, 80, 160; stem 8, last 128) and a stem of
/// stride 1.
#pragma once

#include "search_spaces/registry.hpp"

namespace nas {

SpaceEntry spos_space();

}  // namespace nas
