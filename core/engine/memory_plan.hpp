/// Lays buffers that live at different times into one block of memory.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace nas::engine {

/// A buffer is alive at every step from its first to its last use, both included.
struct BufferLifetime {
  std::size_t bytes = 0;
  std::size_t first = 0;
  std::size_t last = 0;
};

struct MemoryPlan {
  std::vector<std::size_t> offsets;  ///< bytes, a multiple of 64, in the order of the buffers
  std::size_t arena_bytes = 0;
  /// The most bytes (each buffer rounded up to 64) alive at one step: no plan can be smaller.
  std::size_t bound_bytes = 0;
};

/// A function of its argument alone. Buffers that are alive at the same step never overlap.
MemoryPlan plan_memory(std::span<const BufferLifetime> buffers);

}  // namespace nas::engine
