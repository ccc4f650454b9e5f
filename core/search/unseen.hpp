/// Genotypes that a strategy may propose: those that it has not met before, and all there are.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "core/base/random.hpp"
#include "core/search/genotype.hpp"
#include "core/search/search_space.hpp"

namespace nas {

/// Draws in a row without anything new after which drawing is given up. A space of n genotypes of
/// which one is left gives it with a probability of 1 - (1 - 1/n)^1000: 0.99 for n = 217.
inline constexpr int draws_until_used_up = 1000;

/// The first of `draws` draws that is not in `seen`; nothing where none is.
std::optional<Genotype> draw_unseen(const std::set<Genotype>& seen,
                                    const std::function<Genotype()>& draw,
                                    int draws = draws_until_used_up);

/// Likewise, and where none is new and the space is known to have at most 100,000 genotypes, the
/// first new one in order: then nothing means that the space is used up.
std::optional<Genotype> unseen(const SearchSpace& space, const std::set<Genotype>& seen,
                               const std::function<Genotype()>& draw);
/// Of samples.
std::optional<Genotype> unseen(const SearchSpace& space, const std::set<Genotype>& seen,
                               Random& random);

/// All that `enumerate` visits. Throws Error(config) where the space is not known to have at most
/// 100,000 genotypes.
std::vector<Genotype> every_genotype(const SearchSpace& space);

}  // namespace nas
