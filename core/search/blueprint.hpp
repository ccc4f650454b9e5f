/// A proposal as far as it is known before anything is trained.
#pragma once

#include <memory>
#include <string>

#include "core/architecture/cost_model.hpp"
#include "core/search/estimator.hpp"
#include "core/search/search_space.hpp"
#include "core/search/trial.hpp"

namespace nas {

struct Blueprint {
  Genotype genotype;
  Architecture architecture = {};
  Cost cost = {};
  std::string hash = {};  ///< canonical, of the architecture

  /// A view, valid as long as this object stays where it is.
  Candidate candidate() const { return {genotype, architecture, cost, hash}; }
};

/// Adds the hash, which takes longer than the cost: not worth it for what a limit excludes.
std::unique_ptr<const Blueprint> make_blueprint(Genotype genotype, Architecture architecture,
                                                const Cost& cost);
/// The genotype alone, for who needs no architecture.
std::unique_ptr<const Blueprint> bare_blueprint(Genotype genotype);
/// All of it. The genotype must be valid. Throws what the space throws.
std::unique_ptr<const Blueprint> make_blueprint(const SearchSpace& space, const Genotype& genotype);

}  // namespace nas
