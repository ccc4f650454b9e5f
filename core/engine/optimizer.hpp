/// Optimisers: what turns gradients into steps.
///
/// Their definitions are PyTorch's (torch.optim, torch.nn.utils.clip_grad_norm_), in single
/// precision. Weight decay is for weights and the matrices that transform them (as Once-for-All's
/// released training does), never for batch norm's parameters, biases and coefficients.
#pragma once

#include <span>
#include <variant>

#include "core/parameters/parameter_store.hpp"

namespace nas {

/// v = momentum * v + g; the step is v or, with Nesterov's momentum, g + momentum * v.
struct SgdSettings {
  double momentum = 0.9;
  bool nesterov = true;
  double weight_decay = 0;  ///< L2, added to the gradient
};

/// Kingma & Ba 2015: the step is m / (sqrt(s) + epsilon), with m and s the running means of g and
/// g^2, each divided by 1 - beta^steps.
struct AdamSettings {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  /// The decay shrinks the weight by learning rate * decay instead of going through the gradient:
  /// AdamW (Loshchilov & Hutter 2019).
  bool decoupled = false;
};

/// s = alpha * s + (1 - alpha) * g^2; the step is g / (sqrt(s) + epsilon), through a velocity where
/// there is momentum. Centred: of s the square of the gradient's running mean is taken away.
struct RmsPropSettings {
  double alpha = 0.99;
  double epsilon = 1e-8;
  double momentum = 0;
  bool centered = false;
  double weight_decay = 0;  ///< L2, added to the gradient
  /// As TensorFlow defines it, which MnasNet and EfficientNet were trained with (alpha 0.9,
  /// momentum 0.9, epsilon 0.001): epsilon stands inside the root, s starts at 1, and the velocity
  /// sums up steps that the learning rate of their time has scaled already.
  bool tensorflow = false;
};

using OptimizerSettings = std::variant<SgdSettings, AdamSettings, RmsPropSettings>;

/// Throws Error(config), with the value, where a setting is out of range: momentum, alpha and betas
/// in [0, 1), epsilon above 0, weight decay at least 0.
void check_optimizer(const OptimizerSettings& settings);

/// One step from `Parameter::gradient` of what is listed. The rest is left alone, whole parameters
/// and elements: neither their state nor weight decay moves it. Adam's count of steps is each
/// parameter's own, and counts those that touch any of its elements.
void optimizer_step(std::span<const TouchedParameter> touched, const OptimizerSettings& settings,
                    double learning_rate);
/// Of whole parameters.
void optimizer_step(std::span<Parameter* const> touched, const OptimizerSettings& settings,
                    double learning_rate);

/// Scales the listed gradients by max_norm / (norm + 1e-6) where that is below 1. Returns the norm
/// before: the root of the sum of all their squares.
double clip_gradients(std::span<const TouchedParameter> touched, double max_norm);
/// Of whole parameters.
double clip_gradients(std::span<Parameter* const> touched, double max_norm);

}  // namespace nas
