#include "plugins/strategies/multi_fidelity/synchronous_strategy.hpp"

#include "core/search/unseen.hpp"

namespace nas::multi_fidelity {

SynchronousStrategy::SynchronousStrategy(const StrategyContext& context, std::string_view name)
    : space_(context.space),
      resource_(context),
      random_(derive_seed(context.seed, name)),
      objective_(context.objectives.front()) {}

std::optional<Proposal> SynchronousStrategy::ask() {
  for (;;) {
    if (bracket_.over()) {
      if (used_up_) return std::nullopt;
      bracket_ = Bracket(rungs_of(brackets_++));
    }
    const auto task = bracket_.next();
    if (!task) return std::nullopt;
    if (auto proposal = propose(*task)) {
      bracket_.begin();
      awaited_.emplace(proposal->genotype, *proposal->fidelity);
      return proposal;
    }
    used_up_ = true;
    bracket_.close();
  }
}

std::optional<Proposal> SynchronousStrategy::propose(const Bracket::Task& task) {
  Proposal proposal;
  proposal.fidelity = resource_.at(task.level);
  proposal.continuable = resource_.continues() && !bracket_.ends_at(task.level);
  if (task.survivor != nullptr) {
    proposal.genotype = task.survivor->genotype;
    if (resource_.continues()) proposal.parent = task.survivor->trial;
    return proposal;
  }
  auto genotype = unseen(space_, seen_, [this] { return draw(); });
  if (!genotype) return std::nullopt;
  seen_.insert(*genotype);
  proposal.genotype = *std::move(genotype);
  return proposal;
}

void SynchronousStrategy::tell(const Result& result) {
  seen_.insert(result.genotype);
  const bool asked_for = awaited_.erase({result.genotype, result.fidelity}) > 0;
  if (result.kind == Result::Kind::infeasible) {
    if (asked_for) bracket_.give_back();
    return;
  }
  const auto level = resource_.level_of(result.fidelity);
  if (level) learn(*level, standing(result, objective_));
  if (asked_for) bracket_.tell(standing(result, objective_));
}

bool SynchronousStrategy::may_continue(std::int64_t trial) const {
  return resource_.continues() && bracket_.may_continue(trial);
}

}  // namespace nas::multi_fidelity
