#include <algorithm>

#include "core/engine/channel_blocks.hpp"
#include "core/engine/kernels/kernel_table.hpp"

namespace nas::engine {
namespace {

/// min(max(x + 3, 0), 6) / 6 (Howard et al. 2019).
void forward(const ChannelBlocks& blocks, const float* source, float* destination) {
  const std::int64_t count = blocks.elements();
  for (std::int64_t i = 0; i < count; ++i) {
    destination[i] = std::min(std::max(source[i] + 3.0F, 0.0F), 6.0F) / 6.0F;
  }
  clear_padding(blocks, destination);  // h_sigmoid(0) is not 0
}

void backward(const ChannelBlocks& blocks, const float* destination, const float* gradient,
              float* source_gradient) {
  const std::int64_t count = blocks.elements();
  for (std::int64_t i = 0; i < count; ++i) {
    const bool inside = destination[i] > 0.0F && destination[i] < 1.0F;
    source_gradient[i] = inside ? gradient[i] / 6.0F : 0.0F;
  }
}

}  // namespace

std::function<void()> compile_h_sigmoid(Compiler& compiler, NodeId node) {
  const NodeId input = compiler.input(node);
  const BufferId source = compiler.in_known_layout(compiler.in_floats(compiler.value(input)));
  const Desc layout = compiler.desc(source);
  const ChannelBlocks blocks = channel_blocks(layout).value();
  const BufferId value = compiler.add_buffer(layout);
  compiler.tape().add(
      [blocks](std::span<float* const> buffers) { forward(blocks, buffers[0], buffers[1]); },
      {source, value});
  compiler.tape().allow_in_place(source, value);
  compiler.set_value(node, value);

  return [&compiler, node, input, layout, blocks, value] {
    const BufferId gradient = compiler.in_layout(compiler.gradient(node), layout);
    const BufferId source_gradient = compiler.add_buffer(layout);
    compiler.tape().add(
        [blocks](std::span<float* const> buffers) {
          backward(blocks, buffers[0], buffers[1], buffers[2]);
        },
        {value, gradient, source_gradient});
    compiler.tape().allow_in_place(gradient, source_gradient);
    compiler.add_gradient(input, source_gradient);
  };
}

}  // namespace nas::engine
