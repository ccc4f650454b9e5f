#include "plugins/estimators/proxy/gradient_proxies.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/engine/reference_network.hpp"
#include "core/training/compatibility.hpp"
#include "core/training/loss.hpp"

namespace nas::proxy {
namespace {

ProgramSettings settings_of(const Architecture& architecture, std::int64_t batch,
                            GradientPass::Wanted wanted) {
  ProgramSettings settings{
      .batch = batch, .mode = Mode::training, .input_gradient = wanted.jacobian};
  if (wanted.activations) {
    for (const Layer& layer : layers(architecture)) {
      settings.taps.push_back(architecture.name(layer.node));
    }
  }
  return settings;
}

/// Calls `visit(parameter, gradient, runs)` for the weights of every layer that the program trains.
template <typename Visit>
void for_weights(const Program& program, const std::map<std::string, ElementRuns>& weights,
                 Visit visit) {
  for (const ParameterGradient& entry : program.gradients()) {
    const auto found = weights.find(entry.parameter->name);
    if (found != weights.end()) visit(*entry.parameter, entry.gradient, found->second);
  }
}

double sum_of_squares(std::span<const float> values, const ElementRuns& runs) {
  double sum = 0;
  for_elements(runs, values, [&](std::size_t, double value) { sum += value * value; });
  return sum;
}

}  // namespace

GradientPass::GradientPass(const Architecture& architecture, ParameterStore& store,
                           const Batch& batch, Wanted wanted)
    : architecture_(architecture),
      batch_(batch),
      weights_(layer_weights(architecture)),
      layers_(layers(architecture)),
      program_(architecture, store, settings_of(architecture, batch.size(), wanted)) {
  std::ranges::copy(batch.images, program_.input().begin());
}

std::size_t GradientPass::planned_bytes(const Architecture& architecture, std::int64_t batch,
                                        Wanted wanted) {
  return nas::planned_bytes(architecture, settings_of(architecture, batch, wanted));
}

void GradientPass::run() {
  program_.forward();
  const LossResult result =
      softmax_cross_entropy<float>(program_.output(), batch_.labels, output_classes(architecture_),
                                   0, program_.output_gradient(), batch_.size());
  loss_ = result.loss / static_cast<double>(batch_.size());
  program_.backward();
}

double GradientPass::grad_norm() const {
  double sum = 0;
  for_weights(program_, weights_, [&](const Parameter&, auto gradient, const ElementRuns& runs) {
    sum += std::sqrt(sum_of_squares(gradient, runs));
  });
  return sum;
}

double GradientPass::snip() const {
  double sum = 0;
  for_weights(
      program_, weights_, [&](const Parameter& parameter, auto gradient, const ElementRuns& runs) {
        const auto values = parameter.value.values();
        for_elements(runs, gradient,
                     [&](std::size_t i, double g) { sum += std::abs(double{values[i]} * g); });
      });
  return sum;
}

double GradientPass::fisher() const {
  double sum = 0;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Shape& shape = architecture_.shape(layers_[i].node);
    const auto pixels = static_cast<std::size_t>(shape.pixels());
    const auto activation = program_.tap(i);
    const auto gradient = program_.tap_gradient(i);
    double squares = 0;  // over samples and channels
    for (std::size_t begin = 0; begin < activation.size(); begin += pixels) {
      double saliency = 0;
      for (std::size_t k = begin; k < begin + pixels; ++k) {
        saliency += double{activation[k]} * gradient[k];
      }
      squares += saliency * saliency;
    }
    sum += squares / 2 / static_cast<double>(batch_.size()) *
           static_cast<double>(layers_[i].weights_per_channel);
  }
  return sum;
}

std::span<const float> GradientPass::jacobian() {
  program_.forward();
  std::ranges::fill(program_.output_gradient(), 1.0F);
  program_.backward();
  return program_.input_gradient();
}

double grasp(const Architecture& architecture, const ParameterStore& store, const Batch& batch,
             const std::function<void()>& check) {
  const auto weights = layer_weights(architecture);
  const std::vector<double> images(batch.images.begin(), batch.images.end());
  ReferenceNetwork<double> network(architecture, batch.size(), Mode::training);
  network.set_check(check);
  // With all weights of layers multiplied by `scale`.
  const auto gradient_at = [&](double scale) {
    network.load(store);
    for (const auto& [name, runs] : weights) {
      std::vector<double>& values = network.parameter(name);
      for_elements(runs, values, [&](std::size_t i, double value) { values[i] = scale * value; });
    }
    const std::vector<double> output = network.forward(images);
    std::vector<double> gradient(output.size());
    softmax_cross_entropy<double>(output, batch.labels, output_classes(architecture), 0, gradient,
                                  batch.size());
    network.backward(gradient);
    std::vector<double> slopes;
    for (const auto& [name, runs] : weights) {
      for_elements(runs, network.gradient(name),
                   [&](std::size_t, double slope) { slopes.push_back(slope); });
    }
    return slopes;
  };
  constexpr double step = 0x1p-30;
  const std::vector<double> above = gradient_at(1 + step), below = gradient_at(1 - step);
  double difference = 0;  // of |g|^2 / 2, term by term, which loses less than two sums
  for (std::size_t i = 0; i < above.size(); ++i) {
    difference += (above[i] - below[i]) * (above[i] + below[i]) / 2;
  }
  return -difference / (2 * step);
}

}  // namespace nas::proxy
