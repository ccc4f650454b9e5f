/// Fewer points of a curve, for the eye.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace nas {

/// At most `most` (two or more) of `values`, evenly by their place, the first and the last with
/// them.
template <typename Value>
std::vector<Value> thinned(const std::vector<Value>& values, std::size_t most) {
  if (values.size() <= most) return values;
  std::vector<Value> kept;
  kept.reserve(most);
  const double step = static_cast<double>(values.size() - 1) / static_cast<double>(most - 1);
  for (std::size_t i = 0; i < most; ++i) {
    const auto place = static_cast<std::size_t>(std::llround(static_cast<double>(i) * step));
    kept.push_back(values[std::min(place, values.size() - 1)]);
  }
  return kept;
}

}  // namespace nas
