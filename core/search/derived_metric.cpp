#include "core/search/derived_metric.hpp"

#include <algorithm>

namespace nas {

void add_derived(Metrics& metrics, std::span<const DerivedMetric> derived) {
  for (const DerivedMetric& metric : derived) {
    const bool complete = std::ranges::all_of(
        metric.inputs, [&](const std::string& input) { return metrics.contains(input); });
    if (complete) metrics.insert_or_assign(metric.name, metric.value(metrics));
  }
}

}  // namespace nas
