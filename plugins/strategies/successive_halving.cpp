/// Successive halving (Jamieson, Talwalkar 2016, arXiv 1502.07943): many configurations get little,
/// and of each rung the best share of 1/eta gets eta times as much.
///
/// Configurations are drawn at random, all different; when one run of halving is over another
/// begins. Over epochs trials continue from their checkpoint. Rungs wait for one another:
/// multi_fidelity/synchronous_strategy.hpp says what the window means.
///
/// Deviations: the paper gives every rung the same total budget and so derives how many times to
/// halve; here the budgets are given, and `configurations` of the first rung, by default as many as
/// leave one at the end. With several objectives the first one decides.
#include "core/plugin/descriptor.hpp"
#include "plugins/strategies/multi_fidelity/synchronous_strategy.hpp"

namespace {

using namespace nas;
using namespace nas::multi_fidelity;

class SuccessiveHalving final : public SynchronousStrategy {
 public:
  explicit SuccessiveHalving(const StrategyContext& context)
      : SynchronousStrategy(context, "successive-halving"),
        configurations_given_(static_cast<std::size_t>(context.options.integer("configurations"))) {
  }

 private:
  std::vector<Rung> rungs_of(std::size_t) const override {
    const std::size_t levels = resource_.levels();
    if (configurations_given_ > 0) {
      return halving(configurations_given_, 0, levels, resource_.eta());
    }
    return hyperband_bracket(levels - 1, levels, resource_.eta(), BracketSize::paper);
  }

  const std::size_t configurations_given_;
};

}  // namespace

NAS_STRATEGY(SuccessiveHalving, "successive-halving", "1.0",
             "Successive halving: the best 1/eta of each rung go on with eta times the budget.",
             NAS_RESOURCE_OPTIONS("3", "Li et al. 2016: 3"),
             {"configurations", nas::OptionType::integer, "0",
              "Configurations of the first rung; 0: eta^(rungs - 1), which leaves one at the end.",
              0, 1000000});
