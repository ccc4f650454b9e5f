/// MnasNet's reward (Tan et al. 2018, arXiv 1807.11626): accuracy and cost as one objective, which
/// any strategy can search for.
///
///     ACC (LAT / T)^w,  w = α where LAT <= T, β above
///
/// Soft: α = β = -0.07, at which twice the latency is worth some 5 % more accuracy, to either side
/// of the target. Hard: α = 0, β = -1, so that below the target only accuracy counts.
#pragma once

#include <span>

#include "core/base/options.hpp"
#include "core/search/derived_metric.hpp"

namespace nas {

/// Of the metric, and of the owner of its options.
inline constexpr const char* mnasnet_reward_name = "mnasnet_reward";

struct MnasNetReward {
  double target = 0;     ///< T, above 0, in the unit of the cost
  double below = -0.07;  ///< α
  double above = -0.07;  ///< β

  /// `accuracy` in any unit; `cost` above 0: otherwise there is no finite reward.
  double operator()(double accuracy, double cost) const;
};

/// accuracy, cost (names of metrics), target, form, exponent.
std::span<const OptionSpec> mnasnet_reward_options();
/// Throws Error(config) without a target.
DerivedMetric mnasnet_reward(const OptionValues& options);

}  // namespace nas
