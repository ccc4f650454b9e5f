/// Sums over the pixels of each sample and channel.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/engine/channel_blocks.hpp"

namespace nas::engine {

/// Of `lanes` channels that lie side by side, from the one whose first pixel is at `index` on.
template <int lanes, typename Term>
void sum_lanes(const ChannelBlocks& blocks, std::int64_t index, const Term& term, float* sums) {
  constexpr std::int64_t chunk = 32;  // pixels whose sum is taken in float
  double totals[lanes] = {};
  for (std::int64_t first = 0; first < blocks.pixels; first += chunk) {
    const std::int64_t end = std::min(first + chunk, blocks.pixels);
    float part[lanes] = {};
    for (std::int64_t pixel = first; pixel < end; ++pixel, index += blocks.width) {
      for (int lane = 0; lane < lanes; ++lane) part[lane] += term(index + lane);
    }
    for (int lane = 0; lane < lanes; ++lane) totals[lane] += static_cast<double>(part[lane]);
  }
  for (int lane = 0; lane < lanes; ++lane) sums[lane] = static_cast<float>(totals[lane]);
}

/// The sums of `term(index)`, where `index` is a value's in the layout, padding included, laid out
/// as an activation of one pixel. Taken in float over at most 32 pixels and in double beyond: in
/// float over all in turn they are off by a share of it that grows with the root of the pixels.
template <typename Term>
void sum_over_pixels(const ChannelBlocks& blocks, const Term& term, float* sums) {
  for (std::int64_t block = 0; block < blocks.samples * blocks.blocks; ++block) {
    const std::int64_t begin = block * blocks.pixels * blocks.width;
    for (std::int64_t lane = 0; lane < blocks.width;) {
      const std::int64_t left = blocks.width - lane;
      float* const to = sums + block * blocks.width + lane;
      if (left >= 16) {
        sum_lanes<16>(blocks, begin + lane, term, to);
        lane += 16;
      } else if (left >= 8) {
        sum_lanes<8>(blocks, begin + lane, term, to);
        lane += 8;
      } else {
        sum_lanes<1>(blocks, begin + lane, term, to);
        ++lane;
      }
    }
  }
}

}  // namespace nas::engine
