#include "core/engine/reference/ops.hpp"

namespace nas::reference {

template <typename T>
void global_average_pool_forward(const Forward<T>& node) {
  const auto pixels = static_cast<std::size_t>(node.input_shapes[0].pixels());
  for (std::size_t plane = 0; plane < node.output.size(); ++plane) {
    double sum = 0;
    for (std::size_t i = 0; i < pixels; ++i) sum += node.inputs[0][plane * pixels + i];
    node.output[plane] = static_cast<T>(sum / static_cast<double>(pixels));
  }
}

template <typename T>
void global_average_pool_backward(const Backward<T>& node) {
  const auto pixels = static_cast<std::size_t>(node.forward.input_shapes[0].pixels());
  const auto gradient = node.input_gradients[0];
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    gradient[i] += node.output_gradient[i / pixels] / static_cast<T>(pixels);
  }
}

template void global_average_pool_forward(const Forward<float>&);
template void global_average_pool_forward(const Forward<double>&);
template void global_average_pool_backward(const Backward<float>&);
template void global_average_pool_backward(const Backward<double>&);

}  // namespace nas::reference
