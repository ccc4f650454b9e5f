/// Runs and metrics as people read them.
#pragma once

#include <string>

#include "cli/table.hpp"
#include "results/run_summary.hpp"

namespace nas::cli {

/// With the unit that the metric's name implies: "3.10 M", "96.0 KiB", "91.20 %".
std::string metric_text(std::string_view metric, double value);
/// Likewise with seven significant digits where the name implies no unit: sums, means of many runs.
std::string exact_metric_text(std::string_view metric, double value);
/// "macs <= 3.00 M (default)".
std::string limit_text(const Limit& limit);
/// "cost: 20000".
std::string budget_text(const Budget& budget);
/// "val_accuracy:max".
std::string objective_text(const Objective& objective);
/// "interrupted after 17 of 48 trials", "finished".
std::string status_text(const RunSummary& summary);
/// What `nas run` prints at its end and `nas show` at its beginning, in lines of at most `width`
/// characters (0: as long as they are).
std::string summary_text(const RunSummary& summary, std::size_t width);
/// One row per trial, those of the Pareto front marked: for people with the objectives and costs in
/// units, otherwise with all metrics and exact.
Table trial_table(const RunSummary& summary, Format format);

}  // namespace nas::cli
