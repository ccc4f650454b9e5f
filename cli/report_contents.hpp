/// What goes into the page of `nas report`, gathered from the runs.
#pragma once

#include <filesystem>
#include <span>

#include "core/base/executor.hpp"
#include "results/report/report.hpp"

namespace nas::cli {

/// The runs, in groups; those that cannot be read are left out, with the reason.
Report read_report(std::span<const std::filesystem::path> paths, Executor& executor);

/// Adds the comparison of the groups, the space, pictures of the best architectures, and notes on
/// what cannot be had.
void add_contents(Report& report);

}  // namespace nas::cli
