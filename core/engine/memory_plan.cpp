#include "core/engine/memory_plan.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <numeric>

#include "core/parameters/tensor.hpp"

namespace nas::engine {
namespace {

using Priority = std::function<double(const BufferLifetime&)>;

std::size_t rounded(std::size_t bytes) {
  return (bytes + Tensor::alignment - 1) / Tensor::alignment * Tensor::alignment;
}

bool overlap_in_time(const BufferLifetime& a, const BufferLifetime& b) {
  return a.first <= b.last && b.first <= a.last;
}

std::size_t liveness_bound(std::span<const BufferLifetime> buffers) {
  struct Event {
    std::size_t step;
    bool ends;
    std::size_t bytes;
  };
  std::vector<Event> events;
  for (const BufferLifetime& buffer : buffers) {
    events.push_back({buffer.first, false, rounded(buffer.bytes)});
    events.push_back({buffer.last + 1, true, rounded(buffer.bytes)});
  }
  std::ranges::sort(events, [](const Event& a, const Event& b) {
    return std::pair(a.step, !a.ends) < std::pair(b.step, !b.ends);
  });
  std::size_t live = 0;
  std::size_t most = 0;
  for (const Event& event : events) {
    live = event.ends ? live - event.bytes : live + event.bytes;
    most = std::max(most, live);
  }
  return most;
}

/// Where a gap is the smallest that still holds `buffer`, among those that `placed` leave while it
/// is alive; the end, if there is none.
std::size_t best_fit(std::span<const BufferLifetime> buffers, std::span<const std::size_t> offsets,
                     std::span<const std::size_t> placed_by_offset, const BufferLifetime& buffer) {
  const std::size_t wanted = rounded(buffer.bytes);
  std::size_t best = std::numeric_limits<std::size_t>::max();
  std::size_t smallest_gap = std::numeric_limits<std::size_t>::max();
  std::size_t free_from = 0;
  for (const std::size_t other : placed_by_offset) {
    if (!overlap_in_time(buffers[other], buffer)) continue;
    if (offsets[other] >= free_from) {
      const std::size_t gap = offsets[other] - free_from;
      if (gap >= wanted && gap < smallest_gap) {
        smallest_gap = gap;
        best = free_from;
      }
    }
    free_from = std::max(free_from, offsets[other] + rounded(buffers[other].bytes));
  }
  return best == std::numeric_limits<std::size_t>::max() ? free_from : best;
}

/// Places buffers one after the other, those of the highest priority first.
MemoryPlan place(std::span<const BufferLifetime> buffers, const Priority& priority) {
  std::vector<std::size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater<>(),
                           [&](std::size_t i) { return priority(buffers[i]); });

  MemoryPlan plan;
  plan.offsets.resize(buffers.size());
  std::vector<std::size_t> placed_by_offset;
  for (const std::size_t index : order) {
    const std::size_t offset = best_fit(buffers, plan.offsets, placed_by_offset, buffers[index]);
    plan.offsets[index] = offset;
    plan.arena_bytes = std::max(plan.arena_bytes, offset + rounded(buffers[index].bytes));
    const auto position = std::ranges::upper_bound(placed_by_offset, offset, {},
                                                   [&](std::size_t i) { return plan.offsets[i]; });
    placed_by_offset.insert(position, index);
  }
  return plan;
}

}  // namespace

MemoryPlan plan_memory(std::span<const BufferLifetime> buffers) {
  // No order is the best for every network; each is cheap next to creating the primitives.
  const std::array<Priority, 3> priorities = {
      [](const BufferLifetime& b) { return static_cast<double>(b.bytes); },
      [](const BufferLifetime& b) {
        return static_cast<double>(b.bytes) * static_cast<double>(b.last - b.first + 1);
      },
      [](const BufferLifetime& b) { return static_cast<double>(b.last - b.first + 1); },
  };
  const std::size_t bound = liveness_bound(buffers);
  MemoryPlan best;
  best.arena_bytes = std::numeric_limits<std::size_t>::max();
  for (const Priority& priority : priorities) {
    MemoryPlan plan = place(buffers, priority);
    if (plan.arena_bytes < best.arena_bytes) best = std::move(plan);
    if (best.arena_bytes == bound) break;
  }
  best.bound_bytes = bound;
  return best;
}

}  // namespace nas::engine
