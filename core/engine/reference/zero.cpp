#include <algorithm>

#include "core/engine/reference/ops.hpp"

namespace nas::reference {

template <typename T>
void zero_forward(const Forward<T>& node) {
  std::ranges::fill(node.output, T{0});
}

template <typename T>
void zero_backward(const Backward<T>&) {}

template void zero_forward(const Forward<float>&);
template void zero_forward(const Forward<double>&);
template void zero_backward(const Backward<float>&);
template void zero_backward(const Backward<double>&);

}  // namespace nas::reference
