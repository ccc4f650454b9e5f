#include "core/engine/reference/ops.hpp"

namespace nas::reference {

template <typename T>
void scale_forward(const Forward<T>& node) {
  const auto pixels = static_cast<std::size_t>(node.output_shape.pixels());
  for (std::size_t i = 0; i < node.output.size(); ++i) {
    node.output[i] = node.inputs[0][i] * node.inputs[1][i / pixels];
  }
}

template <typename T>
void scale_backward(const Backward<T>& node) {
  const auto pixels = static_cast<std::size_t>(node.forward.output_shape.pixels());
  const auto x = node.forward.inputs[0];
  const auto factor = node.forward.inputs[1];
  for (std::size_t plane = 0; plane < factor.size(); ++plane) {
    double factor_gradient = 0;
    for (std::size_t i = plane * pixels; i < (plane + 1) * pixels; ++i) {
      node.input_gradients[0][i] += node.output_gradient[i] * factor[plane];
      factor_gradient += static_cast<double>(node.output_gradient[i]) * x[i];
    }
    node.input_gradients[1][plane] += static_cast<T>(factor_gradient);
  }
}

template void scale_forward(const Forward<float>&);
template void scale_forward(const Forward<double>&);
template void scale_backward(const Backward<float>&);
template void scale_backward(const Backward<double>&);

}  // namespace nas::reference
