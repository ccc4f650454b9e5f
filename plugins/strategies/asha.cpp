/// ASHA, asynchronous successive halving (Li et al. 2018, arXiv 1810.05934): never waits for a rung
/// to be complete. multi_fidelity/asynchronous_rungs.hpp has the rule.
///
/// The results that it decides by are those told, which lag by the window: that stands for the
/// paper's workers, and makes the run repeat. Configurations are drawn at random, all different;
/// once the space is used up promotions alone go on. A trial that failed counts as a result of its
/// rung and is never promoted. Over epochs trials continue from their checkpoint, all of which stay
/// until they are promoted. With several objectives the first one decides.
#include "core/base/random.hpp"
#include "core/plugin/descriptor.hpp"
#include "core/search/unseen.hpp"
#include "plugins/strategies/multi_fidelity/asynchronous_rungs.hpp"
#include "plugins/strategies/multi_fidelity/resource.hpp"

namespace {

using namespace nas;
using namespace nas::multi_fidelity;

class Asha final : public Strategy {
 public:
  explicit Asha(const StrategyContext& context)
      : space_(context.space),
        objective_(context.objectives.front()),
        random_(derive_seed(context.seed, "asha")),
        resource_(context),
        rungs_(resource_.levels(), resource_.eta()) {}

  std::optional<Proposal> ask() override {
    if (const auto promotion = rungs_.promote()) {
      Proposal proposal = at(promotion->level, promotion->standing.genotype);
      if (resource_.continues()) proposal.parent = promotion->standing.trial;
      return proposal;
    }
    const auto genotype = unseen(space_, seen_, random_);
    if (!genotype) return std::nullopt;
    seen_.insert(*genotype);
    return at(0, *genotype);
  }

  void tell(const Result& result) override {
    seen_.insert(result.genotype);
    if (result.kind == Result::Kind::infeasible) return;
    const auto level = resource_.level_of(result.fidelity);
    if (level) rungs_.tell(*level, standing(result, objective_));
  }

  bool may_continue(std::int64_t trial) const override {
    return resource_.continues() && rungs_.may_continue(trial);
  }

 private:
  Proposal at(std::size_t level, const Genotype& genotype) const {
    Proposal proposal{genotype, resource_.at(level), {}};
    proposal.continuable = resource_.continues() && level + 1 < resource_.levels();
    return proposal;
  }

  const SearchSpace& space_;
  const Objective objective_;
  Random random_;
  const Resource resource_;
  AsynchronousRungs rungs_;
  std::set<Genotype> seen_;
};

}  // namespace

NAS_STRATEGY(Asha, "asha", "1.0",
             "Asynchronous successive halving (Li et al. 2018): promotes whenever it can.",
             NAS_RESOURCE_OPTIONS("4", "Li et al. 2018: 4"));
