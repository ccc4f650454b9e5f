#include <algorithm>
#include <cmath>

#include "core/engine/reference/ops.hpp"

namespace nas::reference {
namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

double h_sigmoid(double x) { return std::clamp(x + 3, 0.0, 6.0) / 6; }

double value(OpKind kind, double x) {
  switch (kind) {
    case OpKind::relu:
      return x > 0 ? x : 0;
    case OpKind::relu6:
      return std::clamp(x, 0.0, 6.0);
    case OpKind::swish:
      return x * sigmoid(x);
    case OpKind::h_swish:
      return x * h_sigmoid(x);
    case OpKind::sigmoid:
      return sigmoid(x);
    default:
      return h_sigmoid(x);
  }
}

/// At a kink, the derivative of the flat side.
double derivative(OpKind kind, double x) {
  const double s = sigmoid(x);
  const bool in_ramp = x > -3 && x < 3;
  switch (kind) {
    case OpKind::relu:
      return x > 0 ? 1 : 0;
    case OpKind::relu6:
      return x > 0 && x < 6 ? 1 : 0;
    case OpKind::swish:
      return s + x * s * (1 - s);
    case OpKind::h_swish:
      return in_ramp ? (2 * x + 3) / 6 : (x > 0 ? 1 : 0);
    case OpKind::sigmoid:
      return s * (1 - s);
    default:
      return in_ramp ? 1.0 / 6 : 0;
  }
}

}  // namespace

template <typename T>
void activation_forward(const Forward<T>& node) {
  const auto input = node.inputs[0];
  for (std::size_t i = 0; i < input.size(); ++i) {
    node.output[i] = static_cast<T>(value(node.op.kind(), input[i]));
  }
}

template <typename T>
void activation_backward(const Backward<T>& node) {
  const auto input = node.forward.inputs[0];
  for (std::size_t i = 0; i < input.size(); ++i) {
    node.input_gradients[0][i] +=
        static_cast<T>(node.output_gradient[i] * derivative(node.forward.op.kind(), input[i]));
  }
}

template void activation_forward(const Forward<float>&);
template void activation_forward(const Forward<double>&);
template void activation_backward(const Backward<float>&);
template void activation_backward(const Backward<double>&);

}  // namespace nas::reference
