// Ops that move whole channels: concat, slice, channel_shuffle.
#include "core/engine/reference/ops.hpp"

namespace nas::reference {
namespace {

/// Where one channel of the output comes from.
struct Source {
  std::size_t input;
  std::int64_t channel;
};

template <typename T>
Source source_of(const Forward<T>& node, std::int64_t channel) {
  if (node.op.kind() == OpKind::slice) return {0, channel + node.op.integer("begin")};
  if (node.op.kind() == OpKind::channel_shuffle) {
    const std::int64_t rows = node.op.integer("groups");
    const std::int64_t columns = node.output_shape.channels / rows;
    return {0, channel % rows * columns + channel / rows};
  }
  std::size_t input = 0;
  while (channel >= node.input_shapes[input].channels) {
    channel -= node.input_shapes[input++].channels;
  }
  return {input, channel};
}

/// Calls `visit(output index, input, input index)` for every value of the output.
template <typename T, typename Visit>
void for_values(const Forward<T>& node, Visit visit) {
  const std::int64_t pixels = node.output_shape.pixels();
  std::size_t output = 0;
  for (std::int64_t n = 0; n < node.batch; ++n) {
    for (std::int64_t c = 0; c < node.output_shape.channels; ++c) {
      const Source source = source_of(node, c);
      const std::int64_t plane = n * node.input_shapes[source.input].channels + source.channel;
      for (std::int64_t p = 0; p < pixels; ++p) {
        visit(output++, source.input, static_cast<std::size_t>(plane * pixels + p));
      }
    }
  }
}

template <typename T>
void move_forward(const Forward<T>& node) {
  for_values(node, [&](std::size_t output, std::size_t input, std::size_t index) {
    node.output[output] = node.inputs[input][index];
  });
}

template <typename T>
void move_backward(const Backward<T>& node) {
  for_values(node.forward, [&](std::size_t output, std::size_t input, std::size_t index) {
    node.input_gradients[input][index] += node.output_gradient[output];
  });
}

}  // namespace

template <typename T>
void concat_forward(const Forward<T>& node) {
  move_forward(node);
}
template <typename T>
void concat_backward(const Backward<T>& node) {
  move_backward(node);
}

template <typename T>
void slice_forward(const Forward<T>& node) {
  move_forward(node);
}
template <typename T>
void slice_backward(const Backward<T>& node) {
  move_backward(node);
}

template <typename T>
void channel_shuffle_forward(const Forward<T>& node) {
  move_forward(node);
}
template <typename T>
void channel_shuffle_backward(const Backward<T>& node) {
  move_backward(node);
}

template void concat_forward(const Forward<float>&);
template void concat_forward(const Forward<double>&);
template void concat_backward(const Backward<float>&);
template void concat_backward(const Backward<double>&);

template void slice_forward(const Forward<float>&);
template void slice_forward(const Forward<double>&);
template void slice_backward(const Backward<float>&);
template void slice_backward(const Backward<double>&);

template void channel_shuffle_forward(const Forward<float>&);
template void channel_shuffle_forward(const Forward<double>&);
template void channel_shuffle_backward(const Backward<float>&);
template void channel_shuffle_backward(const Backward<double>&);

}  // namespace nas::reference
