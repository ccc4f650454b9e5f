/// A comparison of runs as people and programs read it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "cli/table.hpp"
#include "results/run_comparison.hpp"

namespace nas::cli {

/// One row a group. For programs exact, and with a baseline the comparison with it besides.
Table group_table(const RunComparison& comparison, const ComparisonSettings& settings,
                  Format format);
/// One row for every two groups that were compared.
Table pair_table(const RunComparison& comparison, const ComparisonSettings& settings);
/// One row an assertion.
Table claim_table(const RunComparison& comparison);
/// What stands above the tables: what was compared, over what. A line for each sentence.
std::vector<std::string> comparison_heading(const RunComparison& comparison,
                                            const ComparisonSettings& settings);
std::vector<std::string> pair_heading(const RunComparison& comparison,
                                      const ComparisonSettings& settings);

/// The object of schema "nas.comparison": everything, every run too. `notes` are what else there is
/// to say, a sentence each.
nlohmann::json to_json(const RunComparison& comparison, const ComparisonSettings& settings,
                       std::span<const RunCourse> runs, std::span<const std::string> notes);

}  // namespace nas::cli
