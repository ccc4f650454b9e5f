/// Stochastic gradient descent over the parameters that a step has touched.
#pragma once

#include <span>

#include "core/parameters/parameter_store.hpp"

namespace nas {

struct SgdSettings {
  double momentum = 0.9;
  bool nesterov = true;
  /// L2, added to the gradient; of weights only, not of batch norm's parameters and biases.
  double weight_decay = 0;
};

/// One step as PyTorch's SGD defines it (velocity v = momentum * v + g; with Nesterov the step is
/// g + momentum * v), from `parameter.gradient`. Creates the momentum of a parameter at its first
/// step. Parameters not listed are left alone, their momentum included.
void sgd_step(std::span<Parameter* const> touched, const SgdSettings& settings,
              double learning_rate);

}  // namespace nas
