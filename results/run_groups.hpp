/// Runs that differ only in their seed, put together and given a name.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "results/run_course.hpp"

namespace nas {

struct RunGroup {
  /// The strategy, and the settings in which groups differ: "evolution population=64 trials=40".
  std::string label;
  RunSettings settings;
  std::vector<std::size_t> runs;  ///< places among the runs, by seed; every seed once
};

struct RunGroups {
  std::vector<RunGroup> groups;  ///< in the order of their first runs
  /// Runs that have the settings and the seed of an earlier one: the same run, which says nothing
  /// new.
  std::vector<LeftOutRun> repeated;
};
RunGroups group_runs(std::span<const RunCourse> runs);

/// The group of that label, or the only one whose label has all the words of `name`. Throws
/// Error(usage) where there is none, with the labels, or several.
std::size_t find_group(std::span<const RunGroup> groups, const std::string& name);

/// Why runs cannot be compared, a sentence for each setting that differs and is one of what is
/// measured rather than of who searches: data, space, fidelity, objective and, where
/// `final_training` says so, that too. Names the values and a run of each.
std::vector<std::string> incompatibilities(std::span<const RunCourse> runs, bool final_training);

}  // namespace nas
