/// What a reader of a comparison ought to know of the runs that it is made of.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "results/run_comparison.hpp"

namespace nas::cli {

/// Sentences about runs that are cut off or still going on, shorter than asked for, of different
/// effort, from different machines, or without a partner of their seed. However many runs a
/// sentence is about, it names a few.
std::vector<std::string> comparison_notes(std::span<const RunCourse> runs,
                                          std::span<const RunGroup> groups,
                                          const ComparisonSettings& settings);

/// "'a', 'b', 'c' and 17 more".
std::string listed(std::span<const std::string> names);

}  // namespace nas::cli
