/// A comparison of spaces as people and programs read it.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "cli/space_comparison.hpp"
#include "cli/table.hpp"

namespace nas::cli {

/// One row a space: networks, failures, least, mean and quantiles of the errors.
Table error_table(const SpaceComparison& comparison);
/// One row for every two spaces: Kolmogorov and Smirnov's statistic and its p-value.
Table pair_table(const SpaceComparison& comparison);
/// One row a decision and space: the best option and its 95 % interval.
Table trend_table(const SpaceComparison& comparison);
/// One row a network, for programs: the error and the share of its space's errors below it.
Table network_table(const SpaceComparison& comparison, const std::vector<SpaceSample>& samples);
/// Everything, the networks too.
nlohmann::json to_json(const SpaceComparison& comparison, const std::vector<SpaceSample>& samples);
/// The distribution functions, as SVG.
std::string error_plot(const SpaceComparison& comparison);

}  // namespace nas::cli
