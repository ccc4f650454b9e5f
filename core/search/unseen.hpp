/// Drawing genotypes that a strategy has not met before.
#pragma once

#include <functional>
#include <optional>
#include <set>

#include "core/search/genotype.hpp"

namespace nas {

/// Draws in a row without anything new after which a space counts as used up. A space of n
/// genotypes of which one is left gives it with a probability of 1 - (1 - 1/n)^1000: 0.99 for
/// n = 217.
inline constexpr int draws_until_used_up = 1000;

/// What `draw` gives that is not in `seen`; nothing after so many draws without.
std::optional<Genotype> draw_unseen(const std::set<Genotype>& seen,
                                    const std::function<Genotype()>& draw,
                                    int draws = draws_until_used_up);

}  // namespace nas
