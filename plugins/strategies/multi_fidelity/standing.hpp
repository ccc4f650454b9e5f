/// What a configuration has come to at one budget.
#pragma once

#include <cstdint>
#include <optional>

#include "core/search/strategy.hpp"

namespace nas::multi_fidelity {

struct Standing {
  double fitness = 0;  ///< more is better; of what failed, the lowest
  Genotype genotype;
  std::optional<std::int64_t> trial;
  bool measured = true;  ///< what failed counts as tried, and never goes on

  /// Ties go to the lower encoding.
  bool ranks_before(const Standing& other) const {
    return fitness != other.fitness ? fitness > other.fitness : genotype < other.genotype;
  }
};

/// Of a result that is not infeasible. With several objectives the first one decides.
inline Standing standing(const Result& result, const Objective& objective) {
  return {fitness(result, objective), result.genotype, result.trial,
          result.kind == Result::Kind::measured};
}

}  // namespace nas::multi_fidelity
