/// Metrics that the search loop computes from others of the same trial.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/search/trial.hpp"

namespace nas {

struct DerivedMetric {
  std::string name;
  std::vector<std::string> inputs;  ///< metrics that it is computed from
  /// Called where all inputs are there; a function of these alone.
  std::function<double(const Metrics&)> value;
};

/// Adds those whose inputs are there, in order: one may be an input of the next.
void add_derived(Metrics& metrics, std::span<const DerivedMetric> derived);

}  // namespace nas
