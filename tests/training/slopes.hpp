/// Slopes of a loss by finite differences, for tests of gradients.
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/random.hpp"

namespace nas::test {

/// Central differences with a step of 1e-6: truncation 1e-13, rounding 1e-10 of values near 1.
inline constexpr double difference_tolerance = 1e-8;

template <typename Loss>
std::vector<double> slopes(const std::vector<double>& at, const Loss& loss) {
  constexpr double step = 1e-6;
  std::vector<double> result;
  for (std::size_t i = 0; i < at.size(); ++i) {
    std::vector<double> above = at;
    std::vector<double> below = at;
    above[i] += step;
    below[i] -= step;
    result.push_back((loss(above) - loss(below)) / (2 * step));
  }
  return result;
}

inline std::vector<double> normal_values(std::size_t count, double scale, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> values(count);
  for (double& value : values) value = scale * random.normal();
  return values;
}

}  // namespace nas::test
