#include "core/search/mnasnet_reward.hpp"

#include <cmath>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {
namespace {

constexpr double largest_target = 1e18;

constexpr OptionSpec option_specs[] = {
    {"accuracy", OptionType::text, "val_accuracy", "Metric of accuracy: more of it is better."},
    {"cost", OptionType::text, "latency_ms",
     "Metric of cost, above 0: of the estimator, or one that limits can be on."},
    {"target", OptionType::real, "0",
     "T, the cost that is aimed at, in the unit of that metric; must be given (MnasNet: 75 ms).", 0,
     largest_target},
    {"form", OptionType::choice, "soft",
     "soft: the exponent on both sides of the target; hard: 0 up to the target, -1 above.", 0, 0,
     "soft|hard"},
    {"exponent", OptionType::real, "-0.07",
     "Of cost / target in the soft form (MnasNet: -0.07: twice the cost for 5 % more accuracy).",
     -100, 0},
};

}  // namespace

double MnasNetReward::operator()(double accuracy, double cost) const {
  return accuracy * std::pow(cost / target, cost <= target ? below : above);
}

std::span<const OptionSpec> mnasnet_reward_options() { return option_specs; }

DerivedMetric mnasnet_reward(const OptionValues& options) {
  const std::string& accuracy = options.text("accuracy");
  const std::string& cost = options.text("cost");
  MnasNetReward reward{.target = options.real("target")};
  if (reward.target <= 0) {
    throw Error(ErrorKind::config,
                fmt::format("the objective '{0}' needs a target above 0, in the unit of '{1}': "
                            "--set {0}.target=VALUE",
                            mnasnet_reward_name, cost));
  }
  const bool soft = options.text("form") == "soft";
  reward.below = soft ? options.real("exponent") : 0;
  reward.above = soft ? options.real("exponent") : -1;
  return {mnasnet_reward_name, {accuracy, cost}, [=](const Metrics& metrics) {
            return reward(metrics.at(accuracy), metrics.at(cost));
          }};
}

}  // namespace nas
