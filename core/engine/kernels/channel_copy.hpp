/// Channels moved from one activation to another, whatever the layouts of the two.
#pragma once

#include <cstdint>

#include "core/engine/channel_blocks.hpp"

namespace nas::engine {

/// `count` channels, from `from` on in the one activation and from `to` on in the other.
struct ChannelRun {
  std::int64_t from;
  std::int64_t to;
  std::int64_t count;
};

/// Samples, pixels and type of both must be the same. Writes nothing but the channels of the run.
void copy_channels(const ChannelBlocks& source_blocks, const void* source,
                   const ChannelBlocks& target_blocks, void* target, const ChannelRun& run);

}  // namespace nas::engine
