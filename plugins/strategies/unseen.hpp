/// Genotypes that a strategy may propose: those that are new, and all there are.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "core/base/random.hpp"
#include "core/search/search_space.hpp"

namespace nas {

/// One at random that is not in `seen`: of 1,000 draws the first that is new; where none is, and
/// the space is known to have at most 100,000 genotypes, the first new one in order. Nothing where
/// none was found.
std::optional<Genotype> unseen(const SearchSpace& space, const std::set<Genotype>& seen,
                               Random& random);

/// All that `enumerate` visits. Throws Error(config) where the space is not known to have at most
/// 100,000 genotypes.
std::vector<Genotype> every_genotype(const SearchSpace& space);

}  // namespace nas
