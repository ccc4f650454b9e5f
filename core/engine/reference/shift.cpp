#include "core/engine/reference/ops.hpp"

namespace nas::reference {
namespace {

/// Calls `visit(output index, input index)` for every value of the output that is not padding.
template <typename T, typename Visit>
void for_values(const Forward<T>& node, Visit visit) {
  const Shape& in = node.input_shapes[0];
  const Shape& out = node.output_shape;
  const std::int64_t top = node.op.integer("top"), left = node.op.integer("left");
  for (std::int64_t plane = 0; plane < node.batch * out.channels; ++plane) {
    for (std::int64_t y = 0; y + top < in.height; ++y) {
      for (std::int64_t x = 0; x + left < in.width; ++x) {
        visit(static_cast<std::size_t>((plane * out.height + y) * out.width + x),
              static_cast<std::size_t>((plane * in.height + y + top) * in.width + x + left));
      }
    }
  }
}

}  // namespace

template <typename T>
void shift_forward(const Forward<T>& node) {
  for (T& value : node.output) value = 0;
  for_values(node, [&](std::size_t output, std::size_t input) {
    node.output[output] = node.inputs[0][input];
  });
}

template <typename T>
void shift_backward(const Backward<T>& node) {
  for_values(node.forward, [&](std::size_t output, std::size_t input) {
    node.input_gradients[0][input] += node.output_gradient[output];
  });
}

template void shift_forward(const Forward<float>&);
template void shift_forward(const Forward<double>&);
template void shift_backward(const Backward<float>&);
template void shift_backward(const Backward<double>&);

}  // namespace nas::reference
