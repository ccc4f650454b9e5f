#include "core/engine/channel_blocks.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

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
                                  tag,
                                  data_type(desc)};
    if (candidate.layout(extents(desc)) == desc) return candidate;
  }
  return {};
}

ChannelBlocks like(const ChannelBlocks& blocks, const Dims& dims) {
  return channel_blocks(blocks.layout(dims)).value();
}

void clear_padding(const ChannelBlocks& blocks, void* values) {
  if (!blocks.padded()) return;
  const std::int64_t last = blocks.blocks - 1;
  const std::int64_t pixel_bytes = blocks.width * blocks.value_bytes();
  const std::int64_t used_bytes = blocks.lanes(last) * blocks.value_bytes();
  for (std::int64_t sample = 0; sample < blocks.samples; ++sample) {
    const std::int64_t first = (sample * blocks.blocks + last) * blocks.pixels;
    auto* pixel = static_cast<std::byte*>(values) + first * pixel_bytes;
    for (std::int64_t i = 0; i < blocks.pixels; ++i, pixel += pixel_bytes) {
      std::fill(pixel + used_bytes, pixel + pixel_bytes, std::byte{0});
    }
  }
}

void clear(const ChannelBlocks& blocks, void* values) {
  std::memset(values, 0, static_cast<std::size_t>(blocks.elements() * blocks.value_bytes()));
}

}  // namespace nas::engine
