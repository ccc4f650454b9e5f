#include "core/engine/kernels/channel_copy.hpp"

#include <algorithm>

#include "core/engine/bfloat16.hpp"

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

template <typename Value>
void copy(const ChannelBlocks& source_blocks, const Value* source,
          const ChannelBlocks& target_blocks, Value* target, const ChannelRun& run) {
  const std::int64_t pixels = source_blocks.pixels;
  for (std::int64_t sample = 0; sample < source_blocks.samples; ++sample) {
    for (std::int64_t done = 0; done < run.count;) {
      const Place from(source_blocks, sample, run.from + done);
      const Place to(target_blocks, sample, run.to + done);
      const std::int64_t lanes = std::min({from.lanes, to.lanes, run.count - done});
      const Value* in = source + from.offset;
      Value* out = target + to.offset;
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

}  // namespace

void copy_channels(const ChannelBlocks& source_blocks, const void* source,
                   const ChannelBlocks& target_blocks, void* target, const ChannelRun& run) {
  if (source_blocks.type == DataType::bf16) {
    copy(source_blocks, static_cast<const Bfloat16*>(source), target_blocks,
         static_cast<Bfloat16*>(target), run);
  } else {
    copy(source_blocks, static_cast<const float*>(source), target_blocks,
         static_cast<float*>(target), run);
  }
}

}  // namespace nas::engine
