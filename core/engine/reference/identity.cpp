#include <algorithm>

#include "core/engine/reference/ops.hpp"

namespace nas::reference {

template <typename T>
void identity_forward(const Forward<T>& node) {
  // Its storage may be its input's.
  if (node.output.data() != node.inputs[0].data()) {
    std::ranges::copy(node.inputs[0], node.output.begin());
  }
}

template <typename T>
void identity_backward(const Backward<T>& node) {
  for (std::size_t i = 0; i < node.output_gradient.size(); ++i) {
    node.input_gradients[0][i] += node.output_gradient[i];
  }
}

template void identity_forward(const Forward<float>&);
template void identity_forward(const Forward<double>&);
template void identity_backward(const Backward<float>&);
template void identity_backward(const Backward<double>&);

}  // namespace nas::reference
