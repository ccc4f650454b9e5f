/// What is optimised and what must stay under a limit.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/search/trial.hpp"

namespace nas {

struct Cost;

/// A share or a percentage of right answers: a metric that has a word beginning with "acc" in it,
/// or the word "val", "valid", "test" or "train" ("c10_val200"), and none of loss or error.
bool is_accuracy(std::string_view metric);

struct Objective {
  std::string metric;
  bool maximise = true;
  friend bool operator==(const Objective&, const Objective&) = default;
};
/// "val_accuracy", "macs:min". Without a direction accuracies and MnasNet's reward are maximised,
/// all else minimised. Throws Error(usage).
Objective parse_objective(const std::string& text);

/// `metric` <= `maximum`.
struct Limit {
  std::string metric;
  double maximum = 0;
  friend bool operator==(const Limit&, const Limit&) = default;
};
/// "ram_int8=320KiB". Throws Error(usage).
Limit parse_limit(const std::string& text);

/// The search ends when the trials it has learnt from have spent `total` of `metric`.
struct Budget {
  std::string metric;
  double total = 0;
  friend bool operator==(const Budget&, const Budget&) = default;
};
/// "cost=20000", "macs=5G"; more than nothing. Throws Error(usage).
Budget parse_budget(const std::string& text);

/// Metrics known from the architecture alone: params, macs, ram, ram_int8, ram_mcunet, flash,
/// flash_int8; fragmentation (the mean number of parallel branches), branches (the most),
/// critical_path, small_ops.
Metrics cost_metrics(const Cost& cost);
const std::vector<std::string>& cost_metric_names();
bool is_cost_metric(std::string_view metric);

/// The first limit that `metrics` exceeds.
std::optional<Limit> exceeded(std::span<const Limit> limits, const Metrics& metrics);

/// The objectives and, where there is one only, "macs", as small as possible: what trials are
/// ranked by. So of equally accurate networks the cheaper one is better.
std::vector<Objective> ranking_objectives(std::span<const Objective> objectives);

/// Whether `a` is a better trial than `b`: successful, better in the first of `objectives` or, in
/// a tie, in the next; then of the lower genotype, then of the lower id. A trial without the first
/// metric, or with NaN there, does not count; without a further one it comes last in that.
bool ranks_before(const Trial& a, const Trial& b, std::span<const Objective> objectives);
/// The trial that ranks before all others; it is the first of their Pareto front.
std::optional<std::int64_t> best_trial(std::span<const Trial> trials,
                                       std::span<const Objective> objectives);
/// The `count` best, of different architectures, best first.
std::vector<std::int64_t> best_trials(std::span<const Trial> trials,
                                      std::span<const Objective> objectives, std::size_t count);
/// Successful trials with a number for every objective that no other dominates, best first.
std::vector<std::int64_t> pareto_front(std::span<const Trial> trials,
                                       std::span<const Objective> objectives);

}  // namespace nas
