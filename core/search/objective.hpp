/// What is optimised and what must stay under a limit.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/search/trial.hpp"

namespace nas {

struct Cost;

struct Objective {
  std::string metric;
  bool maximise = true;
  friend bool operator==(const Objective&, const Objective&) = default;
};
/// "val_accuracy", "macs:min". Without a direction accuracies are maximised, all else minimised.
/// Throws Error(usage).
Objective parse_objective(const std::string& text);

/// `metric` <= `maximum`.
struct Limit {
  std::string metric;
  double maximum = 0;
  friend bool operator==(const Limit&, const Limit&) = default;
};
/// "ram_int8=320KiB". Throws Error(usage).
Limit parse_limit(const std::string& text);

/// Metrics known from the architecture alone: params, macs, ram, ram_int8, flash, flash_int8.
Metrics cost_metrics(const Cost& cost);
const std::vector<std::string>& cost_metric_names();

/// The first limit that `metrics` exceeds.
std::optional<Limit> exceeded(std::span<const Limit> limits, const Metrics& metrics);

/// The successful trial that is best by the first objective; ties go to the lower genotype, then to
/// the lower id. Trials without the metric, or with NaN there, do not count.
std::optional<std::int64_t> best_trial(std::span<const Trial> trials, const Objective& objective);
/// The `count` best, of different architectures, best first.
std::vector<std::int64_t> best_trials(std::span<const Trial> trials, const Objective& objective,
                                      std::size_t count);
/// Successful trials that no other dominates, in the order of the first objective.
std::vector<std::int64_t> pareto_front(std::span<const Trial> trials,
                                       std::span<const Objective> objectives);

}  // namespace nas
