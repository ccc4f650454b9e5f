#include "core/engine/memory_plan.hpp"

#include <algorithm>
#include <vector>

#include <catch2/catch.hpp>

#include "core/base/random.hpp"

using namespace nas;
using namespace nas::engine;

namespace {

constexpr std::size_t alignment = 64;

std::vector<BufferLifetime> random_buffers(std::uint64_t seed) {
  Random random(seed);
  const std::size_t steps = 1 + random.below(40);
  std::vector<BufferLifetime> buffers(random.below(60));
  for (BufferLifetime& buffer : buffers) {
    buffer.bytes = random.chance(0.1) ? 0 : 1 + random.below(random.chance(0.5) ? 100 : 100'000);
    buffer.first = random.below(steps);
    buffer.last = buffer.first + random.below(steps - buffer.first);
  }
  return buffers;
}

std::size_t rounded(std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }

bool overlap(const BufferLifetime& a, std::size_t a_offset, const BufferLifetime& b,
             std::size_t b_offset) {
  const bool in_time = a.first <= b.last && b.first <= a.last;
  const bool in_space = a_offset < b_offset + b.bytes && b_offset < a_offset + a.bytes;
  return in_time && in_space && a.bytes > 0 && b.bytes > 0;
}

std::size_t bound_by_counting(const std::vector<BufferLifetime>& buffers) {
  std::size_t most = 0;
  for (std::size_t step = 0; step < 100; ++step) {
    std::size_t live = 0;
    for (const BufferLifetime& buffer : buffers) {
      if (buffer.first <= step && step <= buffer.last) live += rounded(buffer.bytes);
    }
    most = std::max(most, live);
  }
  return most;
}

}  // namespace

TEST_CASE("buffers that are alive together never overlap, whatever their lifetimes") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    INFO("seed " << seed);
    const std::vector<BufferLifetime> buffers = random_buffers(seed);
    const MemoryPlan plan = plan_memory(buffers);
    REQUIRE(plan.offsets.size() == buffers.size());
    std::size_t overlaps = 0;
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      CHECK(plan.offsets[i] % alignment == 0);
      CHECK(plan.offsets[i] + buffers[i].bytes <= plan.arena_bytes);
      for (std::size_t j = 0; j < i; ++j) {
        overlaps += overlap(buffers[i], plan.offsets[i], buffers[j], plan.offsets[j]);
      }
    }
    CHECK(overlaps == 0);
  }
}

TEST_CASE("the liveness bound is the most that is alive at one step, and no plan is below it") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    INFO("seed " << seed);
    const std::vector<BufferLifetime> buffers = random_buffers(seed);
    const MemoryPlan plan = plan_memory(buffers);
    CHECK(plan.bound_bytes == bound_by_counting(buffers));
    CHECK(plan.arena_bytes >= plan.bound_bytes);
  }
}

TEST_CASE("a plan repeats") {
  const std::vector<BufferLifetime> buffers = random_buffers(5);
  CHECK(plan_memory(buffers).offsets == plan_memory(buffers).offsets);
}

TEST_CASE("buffers that follow one another share their memory") {
  const std::vector<BufferLifetime> buffers = {
      {.bytes = 640, .first = 0, .last = 1},
      {.bytes = 640, .first = 2, .last = 3},
      {.bytes = 64, .first = 1, .last = 2},
  };
  CHECK(plan_memory(buffers).arena_bytes == 704);
}

TEST_CASE("buffers that meet at one step do not share") {
  const std::vector<BufferLifetime> buffers = {
      {.bytes = 64, .first = 0, .last = 1},
      {.bytes = 64, .first = 1, .last = 2},
  };
  CHECK(plan_memory(buffers).arena_bytes == 128);
}

TEST_CASE("nothing takes no memory") { CHECK(plan_memory({}).arena_bytes == 0); }
