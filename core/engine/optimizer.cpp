#include "core/engine/optimizer.hpp"

namespace nas {
namespace {

struct Rates {
  float learning_rate;
  float momentum;
  float weight_decay;
};

void plain_step(Parameter& parameter, const Rates& rates) {
  float* const value = parameter.value.data();
  const float* const gradient = parameter.gradient.data();
  for (std::size_t i = 0; i < parameter.size(); ++i) {
    value[i] -= rates.learning_rate * (gradient[i] + rates.weight_decay * value[i]);
  }
}

template <bool nesterov>
void momentum_step(Parameter& parameter, const Rates& rates) {
  if (parameter.momentum.size() == 0) parameter.momentum = Tensor(parameter.size());
  float* const value = parameter.value.data();
  float* const velocity = parameter.momentum.data();
  const float* const gradient = parameter.gradient.data();
  for (std::size_t i = 0; i < parameter.size(); ++i) {
    const float g = gradient[i] + rates.weight_decay * value[i];
    const float v = rates.momentum * velocity[i] + g;
    velocity[i] = v;
    value[i] -= rates.learning_rate * (nesterov ? g + rates.momentum * v : v);
  }
}

}  // namespace

void sgd_step(std::span<Parameter* const> touched, const SgdSettings& settings,
              double learning_rate) {
  for (Parameter* parameter : touched) {
    const bool decays = parameter->role == ParameterRole::weight;
    const Rates rates{.learning_rate = static_cast<float>(learning_rate),
                      .momentum = static_cast<float>(settings.momentum),
                      .weight_decay = decays ? static_cast<float>(settings.weight_decay) : 0.0F};
    if (settings.momentum == 0) {
      plain_step(*parameter, rates);
    } else if (settings.nesterov) {
      momentum_step<true>(*parameter, rates);
    } else {
      momentum_step<false>(*parameter, rates);
    }
  }
}

}  // namespace nas
