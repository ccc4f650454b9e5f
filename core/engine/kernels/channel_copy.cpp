#include "core/engine/kernels/channel_copy.hpp"

#include <algorithm>

namespace nas::engine {
namespace {

/// Where a channel lies: that of its first pixel, and how many more of its block follow.
struct Place {
  std::int64_t offset;
  std::int64_t lanes;

  Place(const ChannelBlocks& blocks, std::int64_t sample, std::int64_t channel) {
    const std::int64_t lane = channel % blocks.width;
    const std::int64_t block = sample * blocks.blocks + channel / blocks.width;
    offset = block * blocks.pixels * blocks.width + lane;
    lanes = blocks.width - lane;
  }
};

}  // namespace

void copy_channels(const ChannelBlocks& source_blocks, const float* source,
                   const ChannelBlocks& target_blocks, float* target, const ChannelRun& run) {
  const std::int64_t pixels = source_blocks.pixels;
  for (std::int64_t sample = 0; sample < source_blocks.samples; ++sample) {
    for (std::int64_t done = 0; done < run.count;) {
      const Place from(source_blocks, sample, run.from + done);
      const Place to(target_blocks, sample, run.to + done);
      const std::int64_t lanes = std::min({from.lanes, to.lanes, run.count - done});
      const float* in = source + from.offset;
      float* out = target + to.offset;
      if (source_blocks.width == lanes && target_blocks.width == lanes) {
        std::copy_n(in, pixels * lanes, out);
      } else {
        for (std::int64_t pixel = 0; pixel < pixels; ++pixel) {
          std::copy_n(in, lanes, out);
          in += source_blocks.width;
          out += target_blocks.width;
        }
      }
      done += lanes;
    }
  }
}

}  // namespace nas::engine
