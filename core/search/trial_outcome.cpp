#include "core/search/trial_outcome.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace nas {
namespace {

/// A strategy is never told of a measurement that is none.
void check_objectives(Trial& trial, std::span<const Objective> objectives) {
  for (const Objective& objective : objectives) {
    const auto metric = trial.metrics.find(objective.metric);
    const bool reported = metric != trial.metrics.end();
    if (reported && std::isfinite(metric->second)) continue;
    trial.status = TrialStatus::failed;
    trial.reason = reported ? fmt::format("'{}' is {}", objective.metric, metric->second)
                            : fmt::format("the estimator reports no '{}'", objective.metric);
    return;
  }
}

}  // namespace

void add_outcome(Trial& trial, Measurement measurement, std::span<const Objective> objectives,
                 std::span<const DerivedMetric> derived) {
  const bool ok = measurement.status == Measurement::Status::ok;
  trial.status = ok ? TrialStatus::ok : TrialStatus::failed;
  trial.reason = std::move(measurement.reason);
  trial.metrics.merge(measurement.metrics);
  trial.curve = std::move(measurement.curve);
  if (ok) {
    add_derived(trial.metrics, derived);
    check_objectives(trial, objectives);
  }
  std::erase_if(trial.metrics, [](const auto& metric) { return !std::isfinite(metric.second); });
  std::erase_if(trial.curve, [](const CurvePoint& point) { return !std::isfinite(point.value); });
}

}  // namespace nas
