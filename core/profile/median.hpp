#pragma once

#include <algorithm>
#include <vector>

namespace nas {

/// Sorts `values`, of which there is at least one; the mean of the middle two of an even number.
inline double median(std::vector<double>& values) {
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return (values[middle - 1] + values[middle]) / 2;
}

}  // namespace nas
