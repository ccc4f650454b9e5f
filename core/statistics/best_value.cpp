#include "core/statistics/best_value.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {

Distribution best_values(std::span<const double> values, std::span<const double> errors,
                         const BestValueBootstrap& settings, Random& random) {
  if (values.empty() || values.size() != errors.size()) {
    throw Error(ErrorKind::data, fmt::format("a bootstrap of {} values with {} errors",
                                             values.size(), errors.size()));
  }
  std::vector<std::pair<double, double>> ranked;  // (error, value), the best first
  for (std::size_t i = 0; i < values.size(); ++i) ranked.emplace_back(errors[i], values[i]);
  std::ranges::sort(ranked);
  const double wanted = std::round(settings.share * static_cast<double>(values.size()));
  const auto draws = std::max<std::size_t>(1, static_cast<std::size_t>(wanted));
  std::vector<double> best;
  for (int repeat = 0; repeat < settings.repeats; ++repeat) {
    std::size_t rank = values.size() - 1;
    for (std::size_t draw = 0; draw < draws; ++draw) {
      rank = std::min(rank, random.below(values.size()));
    }
    best.push_back(ranked[rank].second);
  }
  return Distribution(best);
}

}  // namespace nas
