#include "results/run_figures.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "core/base/text.hpp"

namespace nas {
namespace {

constexpr const char* hypervolume_metric = "hypervolume";
constexpr std::string_view final_prefix = "final.";
/// What a landscape with a known optimum says of a trial: without the noise of its measurement.
constexpr const char* known_regret = "regret";

using Source = ComparedMetric::Source;

[[noreturn]] void leave_out(const RunCourse& run, const std::string& why) {
  throw Error(ErrorKind::data, fmt::format("'{}' {}", run.path.string(), why));
}

bool in_some_best_trial(std::span<const RunCourse> runs, const std::string& name) {
  return std::ranges::any_of(runs, [&](const RunCourse& run) {
    return !run.incumbents.empty() && run.incumbents.back().metrics.contains(name);
  });
}

bool in_some_final(std::span<const RunCourse> runs, const std::string& name) {
  return std::ranges::any_of(
      runs, [&](const RunCourse& run) { return run.final && run.final->mean.contains(name); });
}

[[noreturn]] void reject_metric(std::span<const RunCourse> runs, const std::string& name) {
  std::set<std::string> known = {hypervolume_metric};
  for (const RunCourse& run : runs) {
    if (run.final) {
      for (const auto& [metric, value] : run.final->mean) {
        known.insert(metric);
        known.insert(std::string(final_prefix) + metric);
      }
    }
    if (run.incumbents.empty()) continue;
    for (const auto& [metric, value] : run.incumbents.back().metrics) known.insert(metric);
  }
  throw Error(ErrorKind::config, fmt::format("no run has the metric '{}'{}", name,
                                             suggestion(name, {known.begin(), known.end()})));
}

/// As the runs' objectives have it, where `metric` is one of them.
bool direction_of(const RunConfig& config, const Objective& metric) {
  const auto found = std::ranges::find(config.objectives, metric.metric, &Objective::metric);
  return found == config.objectives.end() ? metric.maximise : found->maximise;
}

double metric_in(const Metrics& metrics, const std::string& name) {
  const auto found = metrics.find(name);
  return found == metrics.end() ? std::numeric_limits<double>::quiet_NaN() : found->second;
}

const Incumbent& best_of(const RunCourse& run) {
  if (!run.incumbents.empty()) return run.incumbents.back();
  if (run.trials > 0) leave_out(run, "has no successful trial with a number for its objective");
  leave_out(run, run.stored == 0 ? "has no finished trial" : "has no trial that ends so early");
}

double hypervolume_of(const RunCourse& run, const Point& reference) {
  const auto turned = [&](Point point) {
    for (std::size_t i = 0; i < point.size(); ++i) {
      if (run.config.objectives[i].maximise) point[i] = -point[i];
    }
    return point;
  };
  std::vector<Point> front;
  for (const Point& point : run.front) front.push_back(turned(point));
  return hypervolume(front, turned(reference));
}

double value_of(const RunCourse& run, const FigureSettings& settings) {
  const ComparedMetric& metric = settings.metric;
  double value = 0;
  const std::string place = to_string(metric.source);
  if (metric.source == Source::hypervolume) {
    if (run.front.empty()) leave_out(run, "has no trial with a number for all objectives");
    return hypervolume_of(run, settings.reference);
  }
  if (metric.source == Source::final) {
    if (!run.final) leave_out(run, "has no final training");
    if (!run.final->mean.contains(metric.name)) {
      leave_out(run, fmt::format("has no metric '{}' in its {}", metric.name, place));
    }
    value = metric_in(run.final->mean, metric.name);
  } else {
    const Metrics& metrics = best_of(run).metrics;
    if (!metrics.contains(metric.name)) {
      leave_out(run, fmt::format("has no metric '{}' in its {}", metric.name, place));
    }
    value = metric_in(metrics, metric.name);
  }
  if (!std::isfinite(value)) {
    leave_out(run, fmt::format("has {} for '{}' in its {}, and no finite number", value,
                               metric.name, place));
  }
  return value;
}

std::optional<double> regret_of(const RunCourse& run, const FigureSettings& settings,
                                double value) {
  const ComparedMetric& metric = settings.metric;
  if (metric.source == Source::hypervolume) return std::nullopt;
  if (settings.optimum) {
    return metric.maximise ? *settings.optimum - value : value - *settings.optimum;
  }
  const bool of_objective =
      metric.source == Source::best_trial && metric.name == run.config.objectives.front().metric;
  if (!of_objective) return std::nullopt;
  const double regret = metric_in(run.incumbents.back().metrics, known_regret);
  return std::isnan(regret) ? std::nullopt : std::optional(regret);
}

std::optional<TargetReached> first_reached(const RunCourse& run, const FigureSettings& settings) {
  for (const Incumbent& incumbent : run.incumbents) {
    const double value = metric_in(incumbent.metrics, settings.metric.name);
    const bool reached =
        settings.metric.maximise ? value >= *settings.target : value <= *settings.target;
    if (reached) return TargetReached{incumbent.trials, incumbent.time};
  }
  return std::nullopt;
}

/// The mean of the best value so far over 0 … `length`, where `start_of` says from where on an
/// incumbent counts; the first one counts from 0 on.
template <typename StartOf>
std::optional<double> mean_so_far(const RunCourse& run, const std::string& metric, double length,
                                  StartOf start_of) {
  double sum = 0;
  for (std::size_t i = 0; i < run.incumbents.size(); ++i) {
    const double begin = i == 0 ? 0 : std::min(start_of(run.incumbents[i]), length);
    const bool is_last = i + 1 == run.incumbents.size();
    const double end = is_last ? length : std::min(start_of(run.incumbents[i + 1]), length);
    const double value = metric_in(run.incumbents[i].metrics, metric);
    if (end > begin) sum += value * (end - begin);
  }
  if (!std::isfinite(sum) || length <= 0) return std::nullopt;
  return sum / length;
}

std::optional<double> area_of(const RunCourse& run, const FigureSettings& settings) {
  if (settings.area_time) {
    return mean_so_far(run, settings.metric.name, *settings.area_time,
                       [](const Incumbent& incumbent) { return incumbent.time; });
  }
  if (!settings.area_trials) return std::nullopt;
  return mean_so_far(
      run, settings.metric.name, static_cast<double>(*settings.area_trials),
      [](const Incumbent& incumbent) { return static_cast<double>(incumbent.trials - 1); });
}

}  // namespace

std::string to_string(Source source) {
  switch (source) {
    case Source::best_trial:
      return "best trial";
    case Source::final:
      return "final training";
    case Source::hypervolume:
      return "hypervolume";
  }
  throw Error(ErrorKind::internal, fmt::format("no source '{}'", static_cast<int>(source)));
}

ComparedMetric compared_metric(std::span<const RunCourse> runs, const std::string& text) {
  const RunConfig& config = runs.front().config;
  if (text.empty()) {
    const Objective& objective = config.objectives.front();
    return {objective.metric, objective.maximise, Source::best_trial};
  }
  Objective given = parse_objective(text);
  if (given.metric == hypervolume_metric) {
    if (config.objectives.size() < 2) {
      throw Error(ErrorKind::config,
                  "the runs have one objective only: a hypervolume is of several");
    }
    return {given.metric, true, Source::hypervolume};
  }
  Source source = Source::best_trial;
  if (given.metric.starts_with(final_prefix)) {
    given.metric.erase(0, final_prefix.size());
    source = Source::final;
    if (!in_some_final(runs, given.metric)) reject_metric(runs, text);
  } else if (!in_some_best_trial(runs, given.metric)) {
    source = Source::final;
    if (!in_some_final(runs, given.metric)) reject_metric(runs, given.metric);
  }
  const bool has_direction = text.ends_with(":max") || text.ends_with(":min");
  return {given.metric, has_direction ? given.maximise : direction_of(config, given), source};
}

RunFigures figures_of(const RunCourse& run, const FigureSettings& settings) {
  RunFigures figures;
  figures.value = value_of(run, settings);
  figures.regret = regret_of(run, settings, figures.value);
  if (!settings.reference.empty() && !run.front.empty()) {
    figures.hypervolume = hypervolume_of(run, settings.reference);
  }
  if (settings.metric.source == Source::best_trial && run.has_course) {
    if (settings.target) figures.reached = first_reached(run, settings);
    figures.area = area_of(run, settings);
  }
  return figures;
}

}  // namespace nas
