#include "core/engine/reference/ops.hpp"

namespace nas::reference {
namespace {

/// Calls `visit(index, factor)` for every value.
template <typename T, typename Visit>
void for_factors(const Forward<T>& node, Visit visit) {
  const bool whole_samples = node.op.kind() == OpKind::drop_path;
  const double p = node.op.real("p") * (whole_samples ? node.randomness.drop_scale : 1);
  const engine::DropRate rate(p);
  std::size_t i = 0;
  for (std::int64_t n = 0; n < node.batch; ++n) {
    const std::uint64_t key = engine::drop_key(node.randomness.seed, node.name, n);
    for (std::int64_t index = 0; index < node.output_shape.elements(); ++index, ++i) {
      const auto place = static_cast<std::uint32_t>(whole_samples ? 0 : index);
      visit(i, node.mode == Mode::training ? rate.factor(key, place) : 1.0F);
    }
  }
}

template <typename T>
void drop_forward(const Forward<T>& node) {
  for_factors(node, [&](std::size_t i, float factor) {
    node.output[i] = node.inputs[0][i] * static_cast<T>(factor);
  });
}

template <typename T>
void drop_backward(const Backward<T>& node) {
  for_factors(node.forward, [&](std::size_t i, float factor) {
    node.input_gradients[0][i] += node.output_gradient[i] * static_cast<T>(factor);
  });
}

}  // namespace

template <typename T>
void dropout_forward(const Forward<T>& node) {
  drop_forward(node);
}
template <typename T>
void dropout_backward(const Backward<T>& node) {
  drop_backward(node);
}

template <typename T>
void drop_path_forward(const Forward<T>& node) {
  drop_forward(node);
}
template <typename T>
void drop_path_backward(const Backward<T>& node) {
  drop_backward(node);
}

template void dropout_forward(const Forward<float>&);
template void dropout_forward(const Forward<double>&);
template void dropout_backward(const Backward<float>&);
template void dropout_backward(const Backward<double>&);
template void drop_path_forward(const Forward<float>&);
template void drop_path_forward(const Forward<double>&);
template void drop_path_backward(const Backward<float>&);
template void drop_path_backward(const Backward<double>&);

}  // namespace nas::reference
