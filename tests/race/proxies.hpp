/// How well zero-cost proxies order the cells of NAS-Bench-201.
#pragma once

#include <filesystem>
#include <string>

namespace nas::race {

/// Draws 1,000 cells, the same in every run, measures them by every proxy at their initial weights,
/// and prints Spearman's rank correlation of each with `c10_val200` of the table, alone and given
/// the number of parameters. Images are those of NAS_DATA or Fashion-MNIST's. `program` is `nas`.
void race_proxies(const std::string& program, const std::filesystem::path& tables);

}  // namespace nas::race
