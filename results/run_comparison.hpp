/// Groups of runs beside each other: what each reached, and how sure the differences are.
/// COMPARE.md defines every figure and names its source.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/statistics/bootstrap.hpp"
#include "results/comparison_claim.hpp"
#include "results/run_figures.hpp"
#include "results/run_groups.hpp"

namespace nas {

/// Of the bootstrap intervals.
inline constexpr double interval_level = 0.95;

struct ComparisonSettings {
  std::string metric = {};  ///< see `compared_metric`
  std::optional<double> target = {};
  std::optional<double> optimum = {};
  /// Of the objectives, by name: the corner that hypervolumes are measured from. What is missing is
  /// the worst value of all runs.
  Metrics reference = {};
  std::string baseline = {};  ///< a group; empty: every two are compared
  bool paired = false;        ///< by seed
  std::vector<ComparisonClaim> claims = {};
  CourseSettings course = {};  ///< that the runs were read with
  int resamples = 10'000;
  std::uint64_t seed = 0;  ///< of the bootstrap
};

struct GroupFigures {
  std::string label;
  std::vector<RunFigures> runs = {};  ///< by seed
  double mean = 0;
  double deviation = 0;
  double median = 0;
  /// Means over the runs, where all have it.
  std::optional<double> regret = {};
  std::optional<double> area = {};
  std::optional<double> hypervolume = {};
  std::int64_t reached = 0;  ///< runs that reached the target
  /// Medians over all runs; one that did not reach it counts as infinitely late.
  double trials_to_target = 0;
  double time_to_target = 0;
};

/// Two groups, by a two-sided test.
struct PairFigures {
  std::size_t a = 0;
  std::size_t b = 0;
  std::size_t seeds = 0;  ///< that both have, in a paired test; else 0
  double difference =
      0;  ///< between the means, a - b; in a paired test the mean of the differences
  std::optional<Interval> interval = {};  ///< of the difference; nothing with a single run of one
  double superiority = 0.5;  ///< the probability that a run of a is better than one of b
  double statistic = 0;      ///< U, or W+ of a paired test, of a being better
  double p_value = 1;
  double corrected = 1;  ///< by Holm, for all pairs
  bool exact = true;
};

struct ClaimOutcome {
  ComparisonClaim claim;
  std::size_t better = 0;
  std::size_t worse = 0;
  double p_value = 1;    ///< one-sided
  double corrected = 1;  ///< by Holm, for all claims
  bool holds = false;
};

struct RunComparison {
  ComparedMetric metric;
  std::vector<Objective> objectives;
  /// What areas are measured over: so many trials, or so much time; neither where there are none.
  std::optional<std::int64_t> area_trials;
  std::optional<double> area_time;
  Point reference;  ///< of the objectives, in their order; empty with one
  std::vector<GroupFigures> groups;
  std::vector<PairFigures> pairs;
  std::vector<ClaimOutcome> claims;
  std::vector<LeftOutRun> left_out;  ///< what has no value to compare
};

/// Whether there is a target, and a course in which it could be reached.
bool has_target(const RunComparison& comparison, const ComparisonSettings& settings);

/// Compares `groups` of `runs` whose settings are compatible. Throws Error(config) where no run has
/// the metric; Error(usage) where the baseline or a claim names no group, or no outcome of so few
/// runs could make a claim hold, with the number that is needed; Error(data) where no run is left,
/// or two groups that are to be paired have no seed in common.
RunComparison compare_runs(std::span<const RunCourse> runs, std::span<const RunGroup> groups,
                           const ComparisonSettings& settings);

}  // namespace nas
