#pragma once

#include <algorithm>
#include <cstdint>

namespace nas::engine {

/// Outputs from `begin` up to `end`.
struct OutputRange {
  std::int64_t begin;
  std::int64_t end;
};

/// The outputs along one axis whose inputs from `first` to `last`, counted from the output's
/// position times the stride, all lie in the image.
[[gnu::always_inline]] inline OutputRange inside(std::int64_t size_in, std::int64_t size_out,
                                                 std::int64_t stride, std::int64_t first,
                                                 std::int64_t last) {
  const std::int64_t begin = first >= 0 ? 0 : (-first + stride - 1) / stride;
  const std::int64_t end = last >= size_in ? 0 : (size_in - 1 - last) / stride + 1;
  const std::int64_t clipped = std::min(begin, size_out);
  return {clipped, std::clamp(end, clipped, size_out)};
}

}  // namespace nas::engine
