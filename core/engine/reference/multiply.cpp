#include "core/engine/reference/ops.hpp"

namespace nas::reference {

template <typename T>
void multiply_forward(const Forward<T>& node) {
  for (std::size_t i = 0; i < node.output.size(); ++i) {
    node.output[i] = node.inputs[0][i] * node.inputs[1][i];
  }
}

template <typename T>
void multiply_backward(const Backward<T>& node) {
  for (std::size_t i = 0; i < node.output_gradient.size(); ++i) {
    node.input_gradients[0][i] += node.output_gradient[i] * node.forward.inputs[1][i];
    node.input_gradients[1][i] += node.output_gradient[i] * node.forward.inputs[0][i];
  }
}

template void multiply_forward(const Forward<float>&);
template void multiply_forward(const Forward<double>&);
template void multiply_backward(const Backward<float>&);
template void multiply_backward(const Backward<double>&);

}  // namespace nas::reference
