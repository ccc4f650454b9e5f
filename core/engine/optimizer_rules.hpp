/// The arithmetic of each optimiser on one contiguous range of a parameter.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/engine/optimizer.hpp"

namespace nas::engine {

/// A tensor that a rule keeps beside a parameter, and what it holds before the first step. Without
/// a name: the rule, as it is set, does without.
struct StateTensor {
  std::string_view name;
  float initial = 0;
};
using StateTensors = std::array<StateTensor, 3>;

/// Equally long parts of a parameter's values, of its gradient and of the rule's state.
struct UpdateRange {
  std::span<float> value;
  std::span<const float> gradient;
  std::array<std::span<float>, 3> state;  ///< in the order of `state_of`; empty without a name
};

struct UpdateStep {
  double learning_rate;
  bool decays;        ///< whether weight decay applies to the parameter
  std::int64_t step;  ///< of the parameter, from 1
};

StateTensors state_of(const SgdSettings& settings);
StateTensors state_of(const AdamSettings& settings);
StateTensors state_of(const RmsPropSettings& settings);

void update(const SgdSettings& settings, const UpdateStep& step, const UpdateRange& range);
void update(const AdamSettings& settings, const UpdateStep& step, const UpdateRange& range);
void update(const RmsPropSettings& settings, const UpdateStep& step, const UpdateRange& range);

}  // namespace nas::engine
