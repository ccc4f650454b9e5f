#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nas {

/// A sample that is easy to make elsewhere: a linear congruential generator over 2^31, in [0, 1),
/// plus `shift`.
inline std::vector<double> drawn_sample(std::size_t size, std::uint32_t seed, double shift) {
  std::vector<double> values;
  std::uint64_t state = seed;
  for (std::size_t i = 0; i < size; ++i) {
    state = (state * 1103515245U + 12345U) % (1U << 31U);
    values.push_back(static_cast<double>(state) / (1U << 31U) + shift);
  }
  return values;
}

}  // namespace nas
