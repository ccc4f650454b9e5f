#include "results/report/decision_columns.hpp"

#include <algorithm>

#include "core/base/error.hpp"

namespace nas {
namespace {

bool is_of(const SearchSpace& space, const Genotype& genotype) {
  try {
    space.validate(genotype);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

std::vector<std::vector<int>> decision_columns(const SearchSpace& space,
                                               std::span<const Trial* const> trials) {
  const std::size_t decisions = space.decisions().size();
  std::vector<std::vector<int>> columns(decisions, std::vector<int>(trials.size(), -1));
  for (std::size_t t = 0; t < trials.size(); ++t) {
    const Genotype& genotype = trials[t]->genotype;
    if (!is_of(space, genotype)) continue;
    for (std::size_t d = 0; d < decisions; ++d) {
      if (std::ranges::count(space.allowed(genotype, d), true) < 2) continue;
      columns[d][t] = genotype.answers[d];
    }
  }
  return columns;
}

}  // namespace nas
