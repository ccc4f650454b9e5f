/// Evolution in generations of mutations and crossovers of the best ever measured: the searches of
/// Once-for-All (Cai et al. 2019) and SPOS (Guo et al. 2019).
#pragma once

#include <array>
#include <map>
#include <set>
#include <vector>

#include "core/search/strategy.hpp"
#include "plugins/strategies/evolution/settings.hpp"

namespace nas::evolution {

class Generations final : public Strategy {
 public:
  Generations(const StrategyContext& context, const Settings& settings);

  /// Nothing while results of a generation are outstanding that has been proposed in full, and
  /// where the space is used up.
  std::optional<Proposal> ask() override;
  void tell(const Result& result) override;

 private:
  enum Origin : std::size_t { mutation, crossover, at_random, origins };
  /// Proposals of one origin that the generation still wants.
  struct Places {
    std::size_t open = 0;
    std::size_t draws_left = 0;  ///< before the open ones are filled at random
  };

  void begin_generation();
  std::optional<Genotype> next(Origin& origin);
  std::optional<Genotype> draw(Origin origin);
  const Genotype& pick_parent();

  const SearchSpace& space_;
  const Objective objective_;
  const Settings settings_;
  Random random_;

  std::vector<Member> parents_;  ///< of all generations, best first
  std::array<Places, origins> places_;
  std::multimap<Genotype, Origin> awaited_;
  std::set<Genotype> seen_;
};

}  // namespace nas::evolution
