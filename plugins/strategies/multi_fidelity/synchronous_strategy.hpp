/// What strategies have in common that run brackets of successive halving one after the other.
///
/// A rung begins when all results of the one before are there: until then `ask` gives nothing,
/// which idles workers at the end of rungs and makes what is promoted independent of the window. A
/// bracket begins when the one before is over. No configuration begins twice in a run; the search
/// ends with the bracket in which the space is used up. A trial that failed takes its place in its
/// rung and never goes on; an infeasible configuration is replaced by another.
#pragma once

#include <set>
#include <utility>

#include "core/base/random.hpp"
#include "plugins/strategies/multi_fidelity/bracket.hpp"
#include "plugins/strategies/multi_fidelity/resource.hpp"

namespace nas::multi_fidelity {

class SynchronousStrategy : public Strategy {
 public:
  /// `name` is for the seed.
  SynchronousStrategy(const StrategyContext& context, std::string_view name);

  std::optional<Proposal> ask() final;
  void tell(const Result& result) final;
  bool may_continue(std::int64_t trial) const final;

 protected:
  /// Brackets count from 0, without end.
  virtual std::vector<Rung> rungs_of(std::size_t bracket) const = 0;
  virtual Genotype draw() { return space_.sample(random_); }
  /// Of every result that has a level, asked for or not.
  virtual void learn(std::size_t, const Standing&) {}

  const SearchSpace& space_;
  const Resource resource_;
  Random random_;
  std::set<Genotype> seen_;  ///< configurations that have begun, or were told of

 private:
  std::optional<Proposal> propose(const Bracket::Task& task);

  const Objective objective_;
  Bracket bracket_;
  std::size_t brackets_ = 0;
  bool used_up_ = false;
  std::set<std::pair<Genotype, Fidelity>> awaited_;
};

}  // namespace nas::multi_fidelity
