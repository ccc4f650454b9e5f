/// Evolution with a parent from each tournament and one child at a time: aging (Real, Aggarwal,
/// Huang, Le 2018) and non-aging.
#pragma once

#include <deque>
#include <set>

#include "core/search/strategy.hpp"
#include "plugins/strategies/evolution/settings.hpp"

namespace nas::evolution {

class Tournament final : public Strategy {
 public:
  Tournament(const StrategyContext& context, const Settings& settings);

  /// At random until the first population is complete, and as long as nothing has a fitness.
  std::optional<Proposal> ask() override;
  void tell(const Result& result) override;

 private:
  Genotype next();
  Genotype child();
  const Genotype& pick_parent();
  void add(Member member);

  const SearchSpace& space_;
  const Objective objective_;
  const Settings settings_;
  Random random_;

  std::deque<Member> members_;  ///< oldest first
  std::set<Genotype> seen_;
  std::size_t proposed_ = 0;  ///< without infeasible ones
  std::size_t awaited_ = 0;   ///< proposals without a result
};

}  // namespace nas::evolution
