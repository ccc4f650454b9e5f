#include <algorithm>
#include <cmath>

#include "core/engine/reference/ops.hpp"

namespace nas::reference {
namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

double h_sigmoid(double x) { return std::clamp(x + 3, 0.0, 6.0) / 6; }

/// Beyond it PyTorch takes softplus(x) to be x; the difference, 2e-9, is less than a float can
/// hold.
constexpr double softplus_threshold = 20;

double value(const Op& op, double x) {
  switch (op.kind()) {
    case OpKind::relu:
      return x > 0 ? x : 0;
    case OpKind::relu6:
      return std::clamp(x, 0.0, 6.0);
    case OpKind::leaky_relu:
      return x > 0 ? x : op.real("slope") * x;
    case OpKind::elu:
      return x > 0 ? x : op.real("alpha") * std::expm1(x);
    case OpKind::swish:
      return x * sigmoid(x);
    case OpKind::h_swish:
      return x * h_sigmoid(x);
    case OpKind::sigmoid:
      return sigmoid(x);
    case OpKind::tanh:
      return std::tanh(x);
    case OpKind::softplus:
      return x > softplus_threshold ? x : std::log1p(std::exp(x));
    default:
      return h_sigmoid(x);
  }
}

/// At a kink, the derivative of the flat side.
double derivative(const Op& op, double x) {
  const double s = sigmoid(x);
  const bool in_ramp = x > -3 && x < 3;
  switch (op.kind()) {
    case OpKind::relu:
      return x > 0 ? 1 : 0;
    case OpKind::relu6:
      return x > 0 && x < 6 ? 1 : 0;
    case OpKind::leaky_relu:
      return x > 0 ? 1 : op.real("slope");
    case OpKind::elu:
      return x > 0 ? 1 : op.real("alpha") * std::exp(x);
    case OpKind::swish:
      return s + x * s * (1 - s);
    case OpKind::h_swish:
      return in_ramp ? (2 * x + 3) / 6 : (x > 0 ? 1 : 0);
    case OpKind::sigmoid:
      return s * (1 - s);
    case OpKind::tanh:
      return 1 - std::tanh(x) * std::tanh(x);
    case OpKind::softplus:
      return x > softplus_threshold ? 1 : s;
    default:
      return in_ramp ? 1.0 / 6 : 0;
  }
}

}  // namespace

template <typename T>
void activation_forward(const Forward<T>& node) {
  const auto input = node.inputs[0];
  for (std::size_t i = 0; i < input.size(); ++i) {
    node.output[i] = static_cast<T>(value(node.op, input[i]));
  }
}

template <typename T>
void activation_backward(const Backward<T>& node) {
  const auto input = node.forward.inputs[0];
  for (std::size_t i = 0; i < input.size(); ++i) {
    node.input_gradients[0][i] +=
        static_cast<T>(node.output_gradient[i] * derivative(node.forward.op, input[i]));
  }
}

template void activation_forward(const Forward<float>&);
template void activation_forward(const Forward<double>&);
template void activation_backward(const Backward<float>&);
template void activation_backward(const Backward<double>&);

}  // namespace nas::reference
