/// Hyperband (Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar 2016, arXiv 1603.06560): brackets of
/// successive halving that begin with ever fewer configurations and ever more budget, since nobody
/// knows how early results can be trusted. After the last bracket the first follows.
///
/// Configurations are drawn at random, all different. Over epochs trials continue from their
/// checkpoint, which the paper allows for and does not count on. Rungs and brackets wait for one
/// another: multi_fidelity/synchronous_strategy.hpp says what the window means. With several
/// objectives the first one decides.
#include "core/plugin/descriptor.hpp"
#include "plugins/strategies/multi_fidelity/synchronous_strategy.hpp"

namespace {

using namespace nas;
using namespace nas::multi_fidelity;

class Hyperband final : public SynchronousStrategy {
 public:
  explicit Hyperband(const StrategyContext& context) : SynchronousStrategy(context, "hyperband") {}

 private:
  std::vector<Rung> rungs_of(std::size_t bracket) const override {
    const std::size_t levels = resource_.levels();
    return hyperband_bracket(levels - 1 - bracket % levels, levels, resource_.eta(),
                             BracketSize::paper);
  }
};

}  // namespace

NAS_STRATEGY(Hyperband, "hyperband", "1.0",
             "Hyperband (Li et al. 2016): successive halving, from hasty to thorough and again.",
             NAS_RESOURCE_OPTIONS("3", "Li et al. 2016: 3"));
