/// The answers of trials, decision by decision.
#pragma once

#include <span>
#include <vector>

#include "core/search/search_space.hpp"
#include "core/search/trial.hpp"

namespace nas {

/// Of every decision a column: the answer of each trial, or -1 where the decision was no choice
/// after the answers before it (the kernel of a layer that does not exist). A genotype that is none
/// of `space` has -1 throughout.
std::vector<std::vector<int>> decision_columns(const SearchSpace& space,
                                               std::span<const Trial* const> trials);

}  // namespace nas
