#include "core/engine/channel_blocks.hpp"
#include "core/engine/kernels/conversion.hpp"
#include "core/engine/kernels/kernel_table.hpp"
#include "core/engine/kernels/pixel_sums.hpp"

namespace nas::engine {
namespace {

/// y = x * s, with one factor for each sample and channel.
template <typename Value>
void multiply(const ChannelBlocks& blocks, const Value* x, const float* factors, Value* y) {
  const std::int64_t width = blocks.width;
  for (std::int64_t block = 0; block < blocks.samples * blocks.blocks; ++block) {
    const float* factor = factors + block * width;
    for (std::int64_t pixel = 0; pixel < blocks.pixels; ++pixel, x += width, y += width) {
      for (std::int64_t lane = 0; lane < width; ++lane) {
        set(y[lane], to_float(x[lane]) * factor[lane]);
      }
    }
  }
}

/// The sum of a * b over the pixels of each sample and channel.
template <typename Value>
void dot(const ChannelBlocks& blocks, const Value* a, const Value* b, float* sums) {
  sum_over_pixels(
      blocks, [a, b](std::int64_t index) { return to_float(a[index]) * to_float(b[index]); }, sums);
}

struct Scale {
  BufferId source;
  BufferId factors;
  ChannelBlocks blocks;
};

void add_multiply(Compiler& compiler, const ChannelBlocks& blocks, BufferId x, BufferId factors,
                  BufferId y) {
  compiler.tape().add(
      [blocks](std::span<float* const> buffers) {
        if (blocks.type == DataType::bf16) {
          multiply(blocks, values<Bfloat16>(buffers[0]), buffers[1], values<Bfloat16>(buffers[2]));
        } else {
          multiply(blocks, buffers[0], buffers[1], buffers[2]);
        }
      },
      {x, factors, y});
  compiler.tape().allow_in_place(x, y);
}

void add_backward(Compiler& compiler, NodeId node, const Scale& scale) {
  const Desc layout = compiler.desc(scale.source);
  const ChannelBlocks blocks = scale.blocks;
  const BufferId gradient = compiler.in_layout(compiler.gradient(node), layout);
  const NodeId factors_node = compiler.input(node, 1);
  if (compiler.wants_gradient(factors_node)) {
    const BufferId sums = compiler.add_buffer(compiler.desc(scale.factors));
    compiler.tape().add(
        [blocks](std::span<float* const> buffers) {
          if (blocks.type == DataType::bf16) {
            dot(blocks, values<Bfloat16>(buffers[0]), values<Bfloat16>(buffers[1]), buffers[2]);
          } else {
            dot(blocks, buffers[0], buffers[1], buffers[2]);
          }
        },
        {gradient, scale.source, sums});
    compiler.add_gradient(factors_node, sums);
  }
  const NodeId source_node = compiler.input(node, 0);
  if (compiler.wants_gradient(source_node)) {
    const BufferId source_gradient = compiler.add_buffer(layout);
    add_multiply(compiler, blocks, gradient, scale.factors, source_gradient);
    compiler.add_gradient(source_node, source_gradient);
  }
}

}  // namespace

std::function<void()> compile_scale(Compiler& compiler, NodeId node) {
  const BufferId source = compiler.in_known_layout(compiler.value(compiler.input(node, 0)));
  const Desc layout = compiler.desc(source);
  const ChannelBlocks blocks = channel_blocks(layout).value();
  const NodeId factors_node = compiler.input(node, 1);
  const Desc factors_layout = blocks.layout(compiler.dims(factors_node), DataType::f32);
  const Scale scale{.source = source,
                    .factors = compiler.in_layout(compiler.value(factors_node), factors_layout),
                    .blocks = blocks};
  const BufferId value = compiler.add_buffer(layout);
  add_multiply(compiler, blocks, source, scale.factors, value);
  compiler.set_value(node, value);
  return [&compiler, node, scale] { add_backward(compiler, node, scale); };
}

}  // namespace nas::engine
