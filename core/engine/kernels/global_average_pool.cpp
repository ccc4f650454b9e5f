#include "core/engine/kernels/kernel_table.hpp"
#include "core/engine/kernels/pixel_sums.hpp"

namespace nas::engine {
namespace {

void average(const ChannelBlocks& blocks, const float* x, float* means) {
  sum_over_pixels(
      blocks, [x](std::int64_t index) { return x[index]; }, means);
  const float share = 1.0F / static_cast<float>(blocks.pixels);
  const std::int64_t count = blocks.samples * blocks.blocks * blocks.width;
  for (std::int64_t i = 0; i < count; ++i) means[i] *= share;
}

/// Gives every pixel its share of its channel's gradient.
void spread(const ChannelBlocks& blocks, const float* gradients, float* x_gradient) {
  const std::int64_t width = blocks.width;
  const float share = 1.0F / static_cast<float>(blocks.pixels);
  for (std::int64_t block = 0; block < blocks.samples * blocks.blocks; ++block) {
    const float* const gradient = gradients + block * width;
    for (std::int64_t pixel = 0; pixel < blocks.pixels; ++pixel, x_gradient += width) {
      for (std::int64_t lane = 0; lane < width; ++lane) x_gradient[lane] = gradient[lane] * share;
    }
  }
}

}  // namespace

/// Of our own, as oneDNN sums all pixels of a channel in turn, in float.
std::function<void()> compile_global_average_pool(Compiler& compiler, NodeId node) {
  const NodeId input = compiler.input(node);
  const BufferId source = compiler.in_known_layout(compiler.in_floats(compiler.value(input)));
  const Desc layout = compiler.desc(source);
  const ChannelBlocks blocks = channel_blocks(layout).value();
  const Desc value_layout = blocks.layout(compiler.dims(node));
  const BufferId value = compiler.add_buffer(value_layout);
  compiler.tape().add(
      [blocks](std::span<float* const> buffers) { average(blocks, buffers[0], buffers[1]); },
      {source, value});
  compiler.set_value(node, value);

  return [&compiler, node, input, layout, value_layout, blocks] {
    const BufferId gradient = compiler.in_layout(compiler.gradient(node), value_layout);
    const BufferId source_gradient = compiler.add_buffer(layout);
    compiler.tape().add(
        [blocks](std::span<float* const> buffers) { spread(blocks, buffers[0], buffers[1]); },
        {gradient, source_gradient});
    compiler.add_gradient(input, source_gradient);
  };
}

}  // namespace nas::engine
