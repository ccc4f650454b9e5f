/// The best value that a search could have found.
#pragma once

#include <optional>

#include "results/run_figures.hpp"

namespace nas::cli {

/// Of runs like this one, where they looked trials up in a table and without limits: the best value
/// of its column, of the rows that count, by genotype as `table.repeats` has it. Nothing for other
/// runs, for metrics that are no column, and for those of final trainings. Throws Error(io),
/// Error(data) where the table cannot be read or is not the one that was searched.
std::optional<double> known_optimum(const RunCourse& run, const ComparedMetric& metric);

}  // namespace nas::cli
