/// The gradient of a bias that is added to every pixel of its channel.
#pragma once

#include "core/engine/channel_blocks.hpp"

namespace nas::engine {

/// Sums of `values` over samples and pixels, one for each channel, taken in double: oneDNN's, in
/// float over all pixels in turn, are seven times as far off for a few hundred pixels already.
void sum_channels(const ChannelBlocks& blocks, const float* values, float* sums);

}  // namespace nas::engine
