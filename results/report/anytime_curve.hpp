/// What several runs of one kind have found by when.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "results/run_course.hpp"

namespace nas {

enum class AnytimeClock { trials, time };

/// Steps: the values hold from one place to the next.
struct AnytimeCurve {
  std::vector<double> at;  ///< trials finished, or time spent
  /// The quartiles over runs of the best value so far, by definition 7 of Hyndman and Fan (1996).
  std::vector<double> low;
  std::vector<double> middle;
  std::vector<double> high;
};

/// Of `metric`, from where every run has a best trial to where the last one ends; a run that has
/// ended keeps its value. Runs without a best trial, and those whose course is not known, do not
/// count. At most `points` steps are kept, evenly among those that there are, the first and the
/// last with them. Empty without runs.
AnytimeCurve anytime_curve(std::span<const RunCourse* const> runs, const std::string& metric,
                           AnytimeClock clock, std::size_t points = 300);

}  // namespace nas
