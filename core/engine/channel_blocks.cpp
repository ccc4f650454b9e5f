#include "core/engine/channel_blocks.hpp"

#include <algorithm>

namespace nas::engine {

std::optional<ChannelBlocks> channel_blocks(const Desc& desc) {
  using Tag = dnnl::memory::format_tag;
  if (axes(desc) != 4) return {};
  const std::int64_t channels = extent(desc, 1);
  const struct {
    Tag tag;
    std::int64_t width;
  } layouts[] = {{Tag::nchw, 1},
                 {Tag::nhwc, channels},
                 {Tag::nChw4c, 4},
                 {Tag::nChw8c, 8},
                 {Tag::nChw16c, 16}};
  for (const auto& [tag, width] : layouts) {
    const ChannelBlocks candidate{{.samples = extent(desc, 0),
                                   .channels = channels,
                                   .blocks = (channels + width - 1) / width,
                                   .pixels = extent(desc, 2) * extent(desc, 3),
                                   .width = width},
                                  tag};
    if (candidate.layout(extents(desc)) == desc) return candidate;
  }
  return {};
}

ChannelBlocks like(const ChannelBlocks& blocks, const Dims& dims) {
  return channel_blocks(blocks.layout(dims)).value();
}

void clear_padding(const ChannelBlocks& blocks, float* values) {
  if (!blocks.padded()) return;
  const std::int64_t last = blocks.blocks - 1;
  for (std::int64_t sample = 0; sample < blocks.samples; ++sample) {
    float* pixel = values + (sample * blocks.blocks + last) * blocks.pixels * blocks.width;
    for (std::int64_t i = 0; i < blocks.pixels; ++i, pixel += blocks.width) {
      std::fill(pixel + blocks.lanes(last), pixel + blocks.width, 0.0F);
    }
  }
}

}  // namespace nas::engine
