#include "results/run_comparison.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/text.hpp"
#include "core/statistics/mann_whitney.hpp"
#include "core/statistics/sample.hpp"
#include "core/statistics/wilcoxon.hpp"

namespace nas {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// The given reference, and where it lacks an objective the worst value that any run has.
Point reference_point(std::span<const RunCourse> runs, const ComparisonSettings& settings) {
  const std::vector<Objective>& objectives = runs.front().config.objectives;
  std::vector<std::string> names;
  names.reserve(objectives.size());
  for (const Objective& objective : objectives) names.push_back(objective.metric);
  for (const auto& [name, value] : settings.reference) {
    if (std::ranges::find(names, name) == names.end()) {
      throw Error(ErrorKind::config,
                  fmt::format("the reference names '{}', which is no objective of the runs{}", name,
                              suggestion(name, names)));
    }
  }
  if (objectives.size() < 2) return {};
  Point reference;
  for (std::size_t i = 0; i < objectives.size(); ++i) {
    const auto given = settings.reference.find(objectives[i].metric);
    const bool maximise = objectives[i].maximise;
    double worst = maximise ? infinity : -infinity;
    for (const RunCourse& run : runs) {
      if (run.worst.size() != objectives.size()) continue;
      worst = maximise ? std::min(worst, run.worst[i]) : std::max(worst, run.worst[i]);
    }
    reference.push_back(given == settings.reference.end() ? worst : given->second);
  }
  if (std::ranges::any_of(reference, [](double value) { return std::isinf(value); })) return {};
  return reference;
}

/// So many trials as every run has whose course is known.
std::optional<std::int64_t> common_trials(std::span<const RunCourse> runs,
                                          std::span<const RunGroup> groups) {
  std::optional<std::int64_t> common;
  for (const RunGroup& group : groups) {
    for (const std::size_t place : group.runs) {
      const RunCourse& run = runs[place];
      if (!run.has_course || run.incumbents.empty()) continue;
      common = std::min(common.value_or(run.trials), run.trials);
    }
  }
  return common;
}

/// The mean of what `member` says of the runs; nothing where one does not have it.
std::optional<double> mean_of_all(const std::vector<RunFigures>& runs,
                                  std::optional<double> RunFigures::*member) {
  std::vector<double> values;
  for (const RunFigures& run : runs) {
    if (!(run.*member)) return std::nullopt;
    values.push_back(*(run.*member));
  }
  return sample_mean(values);
}

std::vector<double> values_of(const GroupFigures& group) {
  std::vector<double> values;
  for (const RunFigures& run : group.runs) values.push_back(run.value);
  return values;
}

void summarise_target(GroupFigures& group) {
  std::vector<double> trials;
  std::vector<double> times;
  for (const RunFigures& run : group.runs) {
    group.reached += run.reached ? 1 : 0;
    trials.push_back(run.reached ? static_cast<double>(run.reached->trials) : infinity);
    times.push_back(run.reached ? run.reached->time : infinity);
  }
  group.trials_to_target = sample_median(trials);
  group.time_to_target = sample_median(times);
}

void summarise_group(GroupFigures& group) {
  const std::vector<double> values = values_of(group);
  group.mean = sample_mean(values);
  group.deviation = sample_deviation(values);
  group.median = sample_median(values);
  group.regret = mean_of_all(group.runs, &RunFigures::regret);
  group.area = mean_of_all(group.runs, &RunFigures::area);
  group.hypervolume = mean_of_all(group.runs, &RunFigures::hypervolume);
  summarise_target(group);
}

/// Groups without a run that has a value are left out with their runs.
void describe_groups(RunComparison& comparison, std::span<const RunCourse> runs,
                     std::span<const RunGroup> groups, const FigureSettings& settings) {
  for (const RunGroup& group : groups) {
    GroupFigures figures{.label = group.label};
    for (const std::size_t place : group.runs) {
      try {
        figures.runs.push_back(figures_of(runs[place], settings));
        figures.runs.back().run = place;
      } catch (const Error& error) {
        comparison.left_out.push_back({runs[place].path, error.what(), error.kind()});
      }
    }
    if (figures.runs.empty()) continue;
    summarise_group(figures);
    comparison.groups.push_back(std::move(figures));
  }
  if (comparison.groups.empty()) {
    throw Error(ErrorKind::data, fmt::format("no run is left to compare; the first: {}",
                                             comparison.left_out.front().reason));
  }
}

/// The values of two groups, larger being better; of the seeds that both have where paired.
struct Samples {
  std::vector<double> a;
  std::vector<double> b;
};

class PairTests {
 public:
  PairTests(const RunComparison& comparison, std::span<const RunCourse> runs,
            const ComparisonSettings& settings)
      : comparison_(comparison), runs_(runs), settings_(settings) {}

  Samples samples(std::size_t a, std::size_t b) const {
    const GroupFigures& first = comparison_.groups[a];
    const GroupFigures& second = comparison_.groups[b];
    Samples samples;
    if (!settings_.paired) {
      for (const RunFigures& run : first.runs) samples.a.push_back(turned(run.value));
      for (const RunFigures& run : second.runs) samples.b.push_back(turned(run.value));
      return samples;
    }
    auto other = second.runs.begin();
    for (const RunFigures& run : first.runs) {
      while (other != second.runs.end() && seed(*other) < seed(run)) ++other;
      if (other == second.runs.end() || seed(*other) != seed(run)) continue;
      samples.a.push_back(turned(run.value));
      samples.b.push_back(turned(other->value));
    }
    if (samples.a.empty()) {
      throw Error(ErrorKind::data, fmt::format("'{}' and '{}' cannot be paired: they have no seed "
                                               "in common",
                                               first.label, second.label));
    }
    return samples;
  }

  PairFigures compare(std::size_t a, std::size_t b) const {
    PairFigures pair{.a = a, .b = b};
    const Samples values = samples(a, b);
    if (settings_.paired) {
      const SignedRanks test = wilcoxon(values.a, values.b, Alternative::two_sided);
      pair.seeds = values.a.size();
      pair.statistic = test.w_plus;
      pair.superiority = test.superiority;
      pair.p_value = test.p_value;
      pair.exact = test.exact;
    } else {
      const MannWhitney test = mann_whitney_two_sided(values.a, values.b);
      pair.statistic = test.u;
      pair.superiority = test.superiority;
      pair.p_value = test.p_value;
      pair.exact = test.exact;
    }
    estimate_difference(pair, values);
    return pair;
  }

  /// One-sided.
  double claim_p_value(std::size_t better, std::size_t worse) const {
    const Samples values = samples(better, worse);
    return settings_.paired ? wilcoxon(values.a, values.b, Alternative::greater).p_value
                            : mann_whitney_greater(values.a, values.b).p_value;
  }

  /// Once for each group, however many it is compared with.
  void resample() {
    if (settings_.paired) return;
    for (const GroupFigures& group : comparison_.groups) {
      Random random(derive_seed(settings_.seed, "bootstrap " + group.label));
      resampled_.push_back(resampled_means(values_of(group), settings_.resamples, random));
    }
  }

 private:
  double turned(double value) const { return comparison_.metric.maximise ? value : -value; }
  std::uint64_t seed(const RunFigures& run) const { return runs_[run.run].config.seed; }

  void estimate_difference(PairFigures& pair, const Samples& values) const {
    const GroupFigures& a = comparison_.groups[pair.a];
    const GroupFigures& b = comparison_.groups[pair.b];
    std::vector<double> differences;
    if (settings_.paired) {
      std::vector<double> of_pairs;
      for (std::size_t i = 0; i < values.a.size(); ++i) {
        of_pairs.push_back(turned(values.a[i]) - turned(values.b[i]));
      }
      pair.difference = sample_mean(of_pairs);
      Random random(
          derive_seed(settings_.seed, fmt::format("bootstrap {} and {}", a.label, b.label)));
      differences = resampled_means(of_pairs, settings_.resamples, random);
    } else {
      pair.difference = a.mean - b.mean;
      for (std::size_t i = 0; i < resampled_[pair.a].size(); ++i) {
        differences.push_back(resampled_[pair.a][i] - resampled_[pair.b][i]);
      }
    }
    const bool can_differ = std::min(values.a.size(), values.b.size()) > 1;
    if (can_differ) pair.interval = percentile_interval(differences, interval_level);
  }

  const RunComparison& comparison_;
  std::span<const RunCourse> runs_;
  const ComparisonSettings& settings_;
  std::vector<std::vector<double>> resampled_;  ///< means, by group
};

/// Places among the groups that have figures.
std::size_t compared_group(const RunComparison& comparison, std::span<const RunGroup> groups,
                           const std::string& name) {
  const std::string& label = groups[find_group(groups, name)].label;
  const auto found = std::ranges::find(comparison.groups, label, &GroupFigures::label);
  if (found != comparison.groups.end()) {
    return static_cast<std::size_t>(found - comparison.groups.begin());
  }
  throw Error(ErrorKind::data,
              fmt::format("no run of the group '{}' can be compared; the first: {}", label,
                          comparison.left_out.front().reason));
}

void compare_pairs(RunComparison& comparison, PairTests& tests,
                   std::optional<std::size_t> baseline) {
  if (comparison.groups.size() < 2) return;
  tests.resample();
  for (std::size_t a = 0; a < comparison.groups.size(); ++a) {
    if (baseline) {
      if (a != *baseline) comparison.pairs.push_back(tests.compare(a, *baseline));
      continue;
    }
    for (std::size_t b = a + 1; b < comparison.groups.size(); ++b) {
      comparison.pairs.push_back(tests.compare(a, b));
    }
  }
  std::vector<double> p_values;
  for (const PairFigures& pair : comparison.pairs) p_values.push_back(pair.p_value);
  const std::vector<double> corrected = holm(p_values);
  for (std::size_t i = 0; i < corrected.size(); ++i) comparison.pairs[i].corrected = corrected[i];
}

void check_claims(RunComparison& comparison, const PairTests& tests,
                  std::span<const RunGroup> groups, const ComparisonSettings& settings) {
  std::vector<ClaimSize> sizes;
  for (const ComparisonClaim& claim : settings.claims) {
    ClaimOutcome outcome{.claim = claim,
                         .better = compared_group(comparison, groups, claim.better),
                         .worse = compared_group(comparison, groups, claim.worse)};
    if (outcome.better == outcome.worse) {
      throw Error(ErrorKind::usage, fmt::format("'{}' compares a group with itself", claim.text));
    }
    const Samples values = tests.samples(outcome.better, outcome.worse);
    sizes.push_back({values.a.size(), values.b.size(), settings.paired});
    comparison.claims.push_back(std::move(outcome));
  }
  check_attainable(settings.claims, sizes);
  std::vector<double> p_values;
  for (ClaimOutcome& outcome : comparison.claims) {
    outcome.p_value = tests.claim_p_value(outcome.better, outcome.worse);
    p_values.push_back(outcome.p_value);
  }
  const std::vector<double> corrected = holm(p_values);
  for (std::size_t i = 0; i < corrected.size(); ++i) {
    comparison.claims[i].corrected = corrected[i];
    comparison.claims[i].holds = holds_at(corrected[i], comparison.claims[i].claim.level);
  }
}

}  // namespace

bool has_target(const RunComparison& comparison, const ComparisonSettings& settings) {
  return settings.target && comparison.metric.source == ComparedMetric::Source::best_trial;
}

RunComparison compare_runs(std::span<const RunCourse> runs, std::span<const RunGroup> groups,
                           const ComparisonSettings& settings) {
  RunComparison comparison;
  comparison.metric = compared_metric(runs, settings.metric);
  comparison.objectives = runs.front().config.objectives;
  comparison.reference = reference_point(runs, settings);
  if (comparison.metric.source == ComparedMetric::Source::best_trial) {
    comparison.area_time = settings.course.time;
    if (!comparison.area_time) comparison.area_trials = common_trials(runs, groups);
  }
  describe_groups(comparison, runs, groups,
                  {.metric = comparison.metric,
                   .target = settings.target,
                   .optimum = settings.optimum,
                   .area_trials = comparison.area_trials,
                   .area_time = comparison.area_time,
                   .reference = comparison.reference});
  PairTests tests(comparison, runs, settings);
  check_claims(comparison, tests, groups, settings);
  std::optional<std::size_t> baseline;
  if (!settings.baseline.empty()) baseline = compared_group(comparison, groups, settings.baseline);
  compare_pairs(comparison, tests, baseline);
  return comparison;
}

}  // namespace nas
