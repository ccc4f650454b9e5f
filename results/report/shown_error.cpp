#include "results/report/shown_error.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace nas {

ShownError shown_error(const Objective& objective, std::span<const double> values) {
  if (!objective.maximise) return {objective.metric, 0, false};
  const bool shares = std::ranges::all_of(values, [](double v) { return v >= 0 && v <= 1; });
  if (shares) return {fmt::format("error (1 - {})", objective.metric), 1, true};
  return {fmt::format("distance to the best {}", objective.metric),
          *std::ranges::max_element(values), true};
}

}  // namespace nas
