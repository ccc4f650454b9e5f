#include "core/engine/reference/ops.hpp"

namespace nas::reference {

template <typename T>
void add_forward(const Forward<T>& node) {
  for (std::size_t i = 0; i < node.output.size(); ++i) {
    double sum = 0;
    for (const auto input : node.inputs) sum += input[i];
    node.output[i] = static_cast<T>(sum);
  }
}

template <typename T>
void add_backward(const Backward<T>& node) {
  for (const auto gradient : node.input_gradients) {
    for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] += node.output_gradient[i];
  }
}

template void add_forward(const Forward<float>&);
template void add_forward(const Forward<double>&);
template void add_backward(const Backward<float>&);
template void add_backward(const Backward<double>&);

}  // namespace nas::reference
