#include <algorithm>
#include <cmath>
#include <string>

#include "core/engine/reference/ops.hpp"

namespace nas::reference {
namespace {

/// The pixels that one output's window covers along one axis, without its padding.
struct Range {
  std::int64_t begin;
  std::int64_t end;
};

template <typename T>
Range covered(const Forward<T>& node, const std::string& ending, std::int64_t out,
              std::int64_t size) {
  if (node.op.kind() == OpKind::global_max_pool) return {0, size};
  const std::int64_t begin =
      out * node.op.integer("stride_" + ending) - node.op.integer("padding_" + ending);
  return {std::max<std::int64_t>(begin, 0),
          std::min(begin + node.op.integer("kernel_" + ending), size)};
}

/// The indices of the inputs in one window, row by row.
using Inputs = std::vector<std::size_t>;

/// Calls `visit(output index, inputs)` for every output.
template <typename T, typename Visit>
void for_windows(const Forward<T>& node, Visit visit) {
  const Shape& in = node.input_shapes[0];
  std::size_t output = 0;
  for (std::int64_t plane = 0; plane < node.batch * in.channels; ++plane) {
    for (std::int64_t y = 0; y < node.output_shape.height; ++y) {
      const Range rows = covered(node, "h", y, in.height);
      for (std::int64_t x = 0; x < node.output_shape.width; ++x) {
        const Range columns = covered(node, "w", x, in.width);
        Inputs inputs;
        for (std::int64_t row = rows.begin; row < rows.end; ++row) {
          for (std::int64_t column = columns.begin; column < columns.end; ++column) {
            inputs.push_back(
                static_cast<std::size_t>((plane * in.height + row) * in.width + column));
          }
        }
        visit(output++, inputs);
      }
    }
  }
}

/// The first of the largest values; the first NaN is larger than all.
template <typename T>
std::size_t largest(std::span<const T> values, const Inputs& inputs) {
  std::size_t best = inputs.front();
  for (const std::size_t i : inputs) {
    if (std::isnan(values[best])) break;
    if (values[i] > values[best] || std::isnan(values[i])) best = i;
  }
  return best;
}

/// What the sum over a window is divided by.
template <typename T>
double divisor(const Forward<T>& node, const Inputs& inputs) {
  if (node.op.integer("include_padding") == 0) return static_cast<double>(inputs.size());
  return static_cast<double>(node.op.integer("kernel_h") * node.op.integer("kernel_w"));
}

}  // namespace

template <typename T>
void max_pool_forward(const Forward<T>& node) {
  for_windows(node, [&](std::size_t output, const Inputs& inputs) {
    node.output[output] = node.inputs[0][largest(node.inputs[0], inputs)];
  });
}

template <typename T>
void max_pool_backward(const Backward<T>& node) {
  for_windows(node.forward, [&](std::size_t output, const Inputs& inputs) {
    node.input_gradients[0][largest(node.forward.inputs[0], inputs)] +=
        node.output_gradient[output];
  });
}

template <typename T>
void average_pool_forward(const Forward<T>& node) {
  for_windows(node, [&](std::size_t output, const Inputs& inputs) {
    double sum = 0;
    for (const std::size_t i : inputs) sum += node.inputs[0][i];
    node.output[output] = static_cast<T>(sum / divisor(node, inputs));
  });
}

template <typename T>
void average_pool_backward(const Backward<T>& node) {
  for_windows(node.forward, [&](std::size_t output, const Inputs& inputs) {
    const double share = node.output_gradient[output] / divisor(node.forward, inputs);
    for (const std::size_t i : inputs) node.input_gradients[0][i] += static_cast<T>(share);
  });
}

template void max_pool_forward(const Forward<float>&);
template void max_pool_forward(const Forward<double>&);
template void max_pool_backward(const Backward<float>&);
template void max_pool_backward(const Backward<double>&);
template void average_pool_forward(const Forward<float>&);
template void average_pool_forward(const Forward<double>&);
template void average_pool_backward(const Backward<float>&);
template void average_pool_backward(const Backward<double>&);

}  // namespace nas::reference
