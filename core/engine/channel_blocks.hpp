/// One view of the layouts that oneDNN gives activations: plain, channels-last, blocks of channels.
#pragma once

#include <cstdint>
#include <optional>

#include "core/engine/dnnl.hpp"

namespace nas::engine {

/// Value c of pixel p of sample n lies at
/// ((n * blocks + c / width) * pixels + p) * width + c % width. Plain layouts have width 1,
/// channels-last ones a single block. Lanes past the last channel are padding, which must stay
/// zero.
struct ChannelBlocks {
  std::int64_t samples;
  std::int64_t channels;
  std::int64_t blocks;
  std::int64_t pixels;
  std::int64_t width;
  dnnl::memory::format_tag tag;

  /// Channels of a block that are no padding.
  std::int64_t lanes(std::int64_t block) const {
    const std::int64_t left = channels - block * width;
    return left < width ? left : width;
  }
  bool padded() const { return blocks * width != channels; }
  std::int64_t elements() const { return samples * blocks * pixels * width; }
  /// An activation of other sizes in the same layout.
  Desc layout(const Dims& dims) const { return {dims, dnnl::memory::data_type::f32, tag}; }
};

/// Of an activation N, C, H, W; nothing for other layouts.
std::optional<ChannelBlocks> channel_blocks(const Desc& desc);

}  // namespace nas::engine
