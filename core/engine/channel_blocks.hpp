/// One view of the layouts that oneDNN gives activations: plain, channels-last, blocks of channels.
#pragma once

#include <cstdint>
#include <optional>

#include "core/engine/dnnl.hpp"
#include "core/engine/vector/block_sizes.hpp"

namespace nas::engine {

struct ChannelBlocks : BlockSizes {
  dnnl::memory::format_tag tag;
  DataType type = DataType::f32;

  /// Channels of a block that are no padding.
  std::int64_t lanes(std::int64_t block) const {
    const std::int64_t left = channels - block * width;
    return left < width ? left : width;
  }
  bool padded() const { return blocks * width != channels; }
  std::int64_t elements() const { return samples * blocks * pixels * width; }
  std::int64_t value_bytes() const {
    return static_cast<std::int64_t>(dnnl::memory::data_type_size(type));
  }
  /// An activation of other sizes in the same layout and type.
  Desc layout(const Dims& dims) const { return {dims, type, tag}; }
  /// Likewise, in another type.
  Desc layout(const Dims& dims, DataType other) const { return {dims, other, tag}; }
};

/// Of an activation N, C, H, W; nothing for other layouts.
std::optional<ChannelBlocks> channel_blocks(const Desc& desc);
/// Of an activation of other sizes in the same layout.
ChannelBlocks like(const ChannelBlocks& blocks, const Dims& dims);

/// Makes the lanes past the last channel zero.
void clear_padding(const ChannelBlocks& blocks, void* values);
/// Makes all of an activation zero.
void clear(const ChannelBlocks& blocks, void* values);

}  // namespace nas::engine
