/// What a kernel needs to know of an activation's layout.
#pragma once

#include <cstdint>

namespace nas::engine {

/// Value c of pixel p of sample n lies at
/// ((n * blocks + c / width) * pixels + p) * width + c % width. Plain layouts have width 1,
/// channels-last ones a single block. Lanes past the last channel are padding, which must stay
/// zero.
struct BlockSizes {
  std::int64_t samples;
  std::int64_t channels;
  std::int64_t blocks;
  std::int64_t pixels;
  std::int64_t width;
};

}  // namespace nas::engine
