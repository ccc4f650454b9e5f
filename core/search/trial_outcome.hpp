/// What the search loop makes of a measurement.
#pragma once

#include <span>

#include "core/search/derived_metric.hpp"
#include "core/search/estimator.hpp"
#include "core/search/objective.hpp"
#include "core/search/trial.hpp"

namespace nas {

/// Adds the outcome of a measurement that was not cancelled to `trial`, whose metrics are what its
/// architecture costs: status, reason, metrics, those derived from them, and the curve. A
/// measurement that lacks an objective, or has no finite number there, is a failure; no number that
/// is not finite is kept.
void add_outcome(Trial& trial, Measurement measurement, std::span<const Objective> objectives,
                 std::span<const DerivedMetric> derived);

}  // namespace nas
