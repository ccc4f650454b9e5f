#include <cmath>
#include <vector>

#include "core/engine/reference/ops.hpp"

namespace nas::reference {
namespace {

/// The factor of every input: its coefficient, or the softmax over all of them.
template <typename T>
std::vector<double> weights_of(const Forward<T>& node) {
  const auto coefficients = node.parameters.at(ParameterRole::coefficient);
  std::vector<double> weights(coefficients.begin(), coefficients.end());
  if (node.op.integer("softmax") == 0) return weights;
  double sum = 0;
  for (double& weight : weights) sum += weight = std::exp(weight);
  for (double& weight : weights) weight /= sum;
  return weights;
}

}  // namespace

template <typename T>
void mix_forward(const Forward<T>& node) {
  const std::vector<double> weights = weights_of(node);
  for (std::size_t k = 0; k < node.output.size(); ++k) {
    double sum = 0;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.open[i]) sum += weights[i] * node.inputs[i][k];
    }
    node.output[k] = static_cast<T>(sum);
  }
}

template <typename T>
void mix_backward(const Backward<T>& node) {
  const Forward<T>& forward = node.forward;
  const std::vector<double> weights = weights_of(forward);
  std::vector<double> products(weights.size(), 0.0);  // with respect to the weights
  double mean = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!forward.open[i]) continue;
    for (std::size_t k = 0; k < node.output_gradient.size(); ++k) {
      products[i] += static_cast<double>(node.output_gradient[k]) * forward.inputs[i][k];
      node.input_gradients[i][k] += static_cast<T>(weights[i] * node.output_gradient[k]);
    }
    mean += weights[i] * products[i];
  }
  const bool softmax = forward.op.integer("softmax") != 0;
  const auto gradient = node.parameter_gradients.at(ParameterRole::coefficient);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    gradient[i] += static_cast<T>(softmax ? weights[i] * (products[i] - mean) : products[i]);
  }
}

template void mix_forward(const Forward<float>&);
template void mix_forward(const Forward<double>&);
template void mix_backward(const Backward<float>&);
template void mix_backward(const Backward<double>&);

}  // namespace nas::reference
