#include "core/engine/optimizer_rules.hpp"

#include <algorithm>
#include <cmath>

namespace nas::engine {
namespace {

float single(double value) { return static_cast<float>(value); }

/// Without momentum there is no state.
void plain_update(float rate, float decay, const UpdateRange& range) {
  float* const value = range.value.data();
  const float* const gradient = range.gradient.data();
  for (std::size_t i = 0; i < range.value.size(); ++i) {
    value[i] -= rate * (gradient[i] + decay * value[i]);
  }
}

template <bool nesterov>
void momentum_update(float rate, float momentum, float decay, const UpdateRange& range) {
  float* const value = range.value.data();
  const float* const gradient = range.gradient.data();
  float* const velocity = range.state[0].data();
  for (std::size_t i = 0; i < range.value.size(); ++i) {
    const float g = gradient[i] + decay * value[i];
    const float v = momentum * velocity[i] + g;
    velocity[i] = v;
    value[i] -= rate * (nesterov ? g + momentum * v : v);
  }
}

}  // namespace

StateTensors state_of(const SgdSettings& settings) {
  return {{{settings.momentum == 0 ? "" : sgd_velocity}, {}, {}}};
}

void update(const SgdSettings& settings, const UpdateStep& step, const UpdateRange& range) {
  const float rate = single(step.learning_rate);
  const float momentum = single(settings.momentum);
  const float decay = step.decays ? single(settings.weight_decay) : 0.0F;
  if (settings.momentum == 0) {
    plain_update(rate, decay, range);
  } else if (settings.nesterov) {
    momentum_update<true>(rate, momentum, decay, range);
  } else {
    momentum_update<false>(rate, momentum, decay, range);
  }
}

StateTensors state_of(const AdamSettings&) { return {{{"adam.mean"}, {"adam.square"}, {}}}; }

void update(const AdamSettings& settings, const UpdateStep& step, const UpdateRange& range) {
  const auto steps = static_cast<double>(step.step);
  const float rate = single(step.learning_rate / (1 - std::pow(settings.beta1, steps)));
  const float root_scale = single(std::sqrt(1 - std::pow(settings.beta2, steps)));
  const float epsilon = single(settings.epsilon);
  const float beta1 = single(settings.beta1);
  const float beta2 = single(settings.beta2);
  const float new1 = single(1 - settings.beta1);
  const float new2 = single(1 - settings.beta2);
  const double decay = step.decays ? settings.weight_decay : 0;
  const float added = settings.decoupled ? 0.0F : single(decay);
  const float kept = settings.decoupled ? single(1 - step.learning_rate * decay) : 1.0F;

  float* const value = range.value.data();
  const float* const gradient = range.gradient.data();
  float* const mean = range.state[0].data();
  float* const square = range.state[1].data();
  for (std::size_t i = 0; i < range.value.size(); ++i) {
    const float g = gradient[i] + added * value[i];
    mean[i] = beta1 * mean[i] + new1 * g;
    square[i] = beta2 * square[i] + new2 * g * g;
    const float root = std::sqrt(square[i]) / root_scale + epsilon;
    value[i] = kept * value[i] - rate * mean[i] / root;
  }
}

StateTensors state_of(const RmsPropSettings& settings) {
  return {{{"rmsprop.square", settings.tensorflow ? 1.0F : 0.0F},
           {settings.momentum == 0 ? "" : "rmsprop.velocity"},
           {settings.centered ? "rmsprop.mean" : ""}}};
}

void update(const RmsPropSettings& settings, const UpdateStep& step, const UpdateRange& range) {
  const float rate = single(step.learning_rate);
  const float alpha = single(settings.alpha);
  const float fresh = single(1 - settings.alpha);
  const float momentum = single(settings.momentum);
  const float inside = settings.tensorflow ? single(settings.epsilon) : 0.0F;
  const float outside = settings.tensorflow ? 0.0F : single(settings.epsilon);
  // The learning rate scales what goes into the velocity or what comes out of it.
  const float rate_in = settings.tensorflow ? rate : 1.0F;
  const float rate_out = settings.tensorflow ? 1.0F : rate;
  const float decay = step.decays ? single(settings.weight_decay) : 0.0F;

  float* const value = range.value.data();
  const float* const gradient = range.gradient.data();
  float* const square = range.state[0].data();
  float* const velocity = range.state[1].empty() ? nullptr : range.state[1].data();
  float* const mean = range.state[2].empty() ? nullptr : range.state[2].data();
  for (std::size_t i = 0; i < range.value.size(); ++i) {
    const float g = gradient[i] + decay * value[i];
    square[i] = alpha * square[i] + fresh * g * g;
    float variance = square[i];
    if (mean != nullptr) {
      mean[i] = alpha * mean[i] + fresh * g;
      variance = std::max(0.0F, variance - mean[i] * mean[i]);  // rounding may take it below 0
    }
    float move = rate_in * g / (std::sqrt(variance + inside) + outside);
    if (velocity != nullptr) {
      velocity[i] = momentum * velocity[i] + move;
      move = velocity[i];
    }
    value[i] -= rate_out * move;
  }
}

}  // namespace nas::engine
