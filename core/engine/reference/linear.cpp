#include "core/engine/reference/ops.hpp"

namespace nas::reference {

template <typename T>
void linear_forward(const Forward<T>& node) {
  const auto inputs = static_cast<std::size_t>(node.input_shapes[0].elements());
  const auto outputs = static_cast<std::size_t>(node.output_shape.elements());
  const auto weight = node.parameters.at(ParameterRole::weight);
  const auto bias = node.parameters.find(ParameterRole::bias);
  for (std::size_t n = 0; n < static_cast<std::size_t>(node.batch); ++n) {
    for (std::size_t o = 0; o < outputs; ++o) {
      double sum = bias == node.parameters.end() ? 0.0 : bias->second[o];
      for (std::size_t i = 0; i < inputs; ++i) {
        sum += static_cast<double>(weight[o * inputs + i]) * node.inputs[0][n * inputs + i];
      }
      node.output[n * outputs + o] = static_cast<T>(sum);
    }
  }
}

template <typename T>
void linear_backward(const Backward<T>& node) {
  const auto& forward = node.forward;
  const auto batch = static_cast<std::size_t>(forward.batch);
  const auto inputs = static_cast<std::size_t>(forward.input_shapes[0].elements());
  const auto outputs = static_cast<std::size_t>(forward.output_shape.elements());
  const auto x = forward.inputs[0];
  const auto weight = forward.parameters.at(ParameterRole::weight);
  const auto gradient = node.output_gradient;
  for (std::size_t n = 0; n < batch; ++n) {
    for (std::size_t i = 0; i < inputs; ++i) {
      double sum = 0;
      for (std::size_t o = 0; o < outputs; ++o) {
        sum += static_cast<double>(gradient[n * outputs + o]) * weight[o * inputs + i];
      }
      node.input_gradients[0][n * inputs + i] += static_cast<T>(sum);
    }
  }
  const auto bias_gradient = node.parameter_gradients.find(ParameterRole::bias);
  for (std::size_t o = 0; o < outputs; ++o) {
    double bias_sum = 0;
    for (std::size_t n = 0; n < batch; ++n) bias_sum += gradient[n * outputs + o];
    if (bias_gradient != node.parameter_gradients.end()) {
      bias_gradient->second[o] += static_cast<T>(bias_sum);
    }
    for (std::size_t i = 0; i < inputs; ++i) {
      double sum = 0;
      for (std::size_t n = 0; n < batch; ++n) {
        sum += static_cast<double>(gradient[n * outputs + o]) * x[n * inputs + i];
      }
      node.parameter_gradients.at(ParameterRole::weight)[o * inputs + i] += static_cast<T>(sum);
    }
  }
}

template void linear_forward(const Forward<float>&);
template void linear_forward(const Forward<double>&);
template void linear_backward(const Backward<float>&);
template void linear_backward(const Backward<double>&);

}  // namespace nas::reference
