/// The variation of NSGA-Net (Lu et al. 2018): two-point crossover and integer polynomial mutation.
#pragma once

#include "core/search/search_space.hpp"

namespace nas::nsga2 {

struct VariationSettings {
  double crossover = 0.9;  ///< probability; otherwise the child is a copy of its first parent
  double mutation = 0;     ///< probability for each decision; 0: one over the number of decisions
  double eta = 3;          ///< distribution index of the polynomial mutation: larger, smaller steps
};

/// Polynomial mutation (Deb, Agrawal 1999) of the whole number `value` in 0 … `last`, as in pymoo:
/// within half a step beyond both ends, then rounded. May give the same number.
std::size_t polynomial_mutation(std::size_t value, std::size_t last, double eta, Random& random);

/// A canonical child. Answers between two points, drawn alike, come from `b`, the others from `a`;
/// from the one for which the decision was a choice where it was none for the other. Then an
/// ordered decision mutates polynomially among the answers that are open, another is redrawn;
/// decisions that neither parent had are drawn. Spaces of free-form graphs: their own crossover,
/// then one mutation; a mutation alone where there is no crossover.
Genotype child_of(const Genotype& a, const Genotype& b, const SearchSpace& space,
                  const VariationSettings& settings, Random& random);

}  // namespace nas::nsga2
