#include "results/report/anytime_curve.hpp"

#include <algorithm>
#include <cmath>

#include "core/statistics/sample.hpp"
#include "results/report/thinned.hpp"

namespace nas {
namespace {

double place_of(const Incumbent& incumbent, AnytimeClock clock) {
  return clock == AnytimeClock::trials ? static_cast<double>(incumbent.trials) : incumbent.time;
}

/// The best values of one run, as steps.
struct Steps {
  std::vector<double> at;
  std::vector<double> values;
  double end = 0;

  double value(double place) const {
    const auto next = std::ranges::upper_bound(at, place);
    return values[static_cast<std::size_t>(next - at.begin()) - 1];
  }
};

Steps steps_of(const RunCourse& run, const std::string& metric, AnytimeClock clock) {
  Steps steps;
  if (!run.has_course) return steps;
  for (const Incumbent& incumbent : run.incumbents) {
    const auto value = incumbent.metrics.find(metric);
    if (value == incumbent.metrics.end() || !std::isfinite(value->second)) continue;
    steps.at.push_back(place_of(incumbent, clock));
    steps.values.push_back(value->second);
  }
  steps.end = clock == AnytimeClock::trials ? static_cast<double>(run.trials) : run.time;
  return steps;
}

/// Where something changes, ascending, each place once.
std::vector<double> places(const std::vector<Steps>& runs) {
  double first = 0, last = 0;
  for (const Steps& run : runs) {
    first = std::max(first, run.at.front());
    last = std::max({last, run.end, run.at.back()});
  }
  std::vector<double> all = {first, last};
  for (const Steps& run : runs) {
    std::ranges::copy_if(run.at, std::back_inserter(all), [&](double at) { return at > first; });
  }
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace

AnytimeCurve anytime_curve(std::span<const RunCourse* const> runs, const std::string& metric,
                           AnytimeClock clock, std::size_t points) {
  std::vector<Steps> known;
  for (const RunCourse* run : runs) {
    Steps steps = steps_of(*run, metric, clock);
    if (!steps.at.empty()) known.push_back(std::move(steps));
  }
  AnytimeCurve curve;
  if (known.empty()) return curve;
  curve.at = thinned(places(known), points);
  std::vector<double> values(known.size());
  for (const double at : curve.at) {
    std::ranges::transform(known, values.begin(), [&](const Steps& run) { return run.value(at); });
    curve.low.push_back(sample_quantile(values, 0.25));
    curve.middle.push_back(sample_median(values));
    curve.high.push_back(sample_quantile(values, 0.75));
  }
  return curve;
}

}  // namespace nas
