#include "core/engine/drop_mask.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/random.hpp"

namespace nas::engine {

std::uint64_t drop_key(std::uint64_t seed, std::string_view node, std::int64_t sample) {
  return derive_seed(seed, node, static_cast<std::uint64_t>(sample));
}

DropRate::DropRate(double probability)
    : threshold_(static_cast<std::uint32_t>(
          std::min(std::round(probability * 0x1p32),
                   static_cast<double>(std::numeric_limits<std::uint32_t>::max())))),
      scale_(probability < 1 ? static_cast<float>(1 / (1 - probability)) : 0.0F) {}

}  // namespace nas::engine
