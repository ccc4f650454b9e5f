/// What the variants of evolution have in common.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/options.hpp"
#include "core/search/search_space.hpp"

namespace nas::evolution {

enum class Variant { aging, non_aging, once_for_all, spos };

/// Options with what the preset says filled in.
struct Settings {
  Variant variant = Variant::aging;
  std::size_t population = 0;  ///< members, and random proposals at the start
  std::int64_t sample = 0;     ///< of a tournament; aging and non-aging
  std::size_t parents = 0;     ///< the best so many; once-for-all and spos
  double crossover = 0;        ///< share of the children
  bool mutate_each = false;    ///< each decision with a probability, or one decision
  double mutation_probability = 0;
  bool avoid_duplicates = true;

  bool has_generations() const {
    return variant == Variant::once_for_all || variant == Variant::spos;
  }
};
/// Throws Error(config) where there are more parents than members.
Settings settings_from(const OptionValues& options);

struct Member {
  double fitness;
  Genotype genotype;

  /// Ties go to the lower encoding.
  bool better_than(const Member& other) const {
    return fitness != other.fitness ? fitness > other.fitness : genotype < other.genotype;
  }
};

/// A mutation as `settings` say; like its parent only where 100 draws gave nothing else.
Genotype mutated(const Settings& settings, const SearchSpace& space, const Genotype& parent,
                 Random& random);

}  // namespace nas::evolution
