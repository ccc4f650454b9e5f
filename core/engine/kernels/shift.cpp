#include <algorithm>

#include "core/engine/channel_blocks.hpp"
#include "core/engine/kernels/conversion.hpp"
#include "core/engine/kernels/kernel_table.hpp"

namespace nas::engine {
namespace {

/// Copies the pixels that the two images of every plane share: those of the input from row `top`
/// and column `left` on.
struct Shift {
  std::int64_t planes;
  std::int64_t width;  ///< channels in one plane
  Shape in;
  Shape out;
  std::int64_t top;
  std::int64_t left;

  std::int64_t rows() const { return in.height - top; }
  std::int64_t columns() const { return in.width - left; }
};

template <typename Value>
void forward(const Shift& shift, const Value* source, Value* output) {
  const std::int64_t width = shift.width;
  const std::int64_t copied = shift.columns() * width;
  std::fill_n(output, shift.planes * shift.out.pixels() * width, Value{});
  for (std::int64_t plane = 0; plane < shift.planes; ++plane) {
    for (std::int64_t row = 0; row < shift.rows(); ++row) {
      const std::int64_t from = (row + shift.top) * shift.in.width + shift.left;
      std::copy_n(source + from * width, copied, output + row * shift.out.width * width);
    }
    source += shift.in.pixels() * width;
    output += shift.out.pixels() * width;
  }
}

template <typename Value>
void backward(const Shift& shift, const Value* gradient, Value* source_gradient) {
  const std::int64_t width = shift.width;
  const std::int64_t copied = shift.columns() * width;
  std::fill_n(source_gradient, shift.planes * shift.in.pixels() * width, Value{});
  for (std::int64_t plane = 0; plane < shift.planes; ++plane) {
    for (std::int64_t row = 0; row < shift.rows(); ++row) {
      const std::int64_t to = (row + shift.top) * shift.in.width + shift.left;
      std::copy_n(gradient + row * shift.out.width * width, copied, source_gradient + to * width);
    }
    gradient += shift.out.pixels() * width;
    source_gradient += shift.in.pixels() * width;
  }
}

}  // namespace

std::function<void()> compile_shift(Compiler& compiler, NodeId node) {
  const NodeId input = compiler.input(node);
  const Op& op = compiler.architecture().op(node);
  const BufferId source = compiler.in_known_layout(compiler.value(input));
  const Desc source_layout = compiler.desc(source);
  const ChannelBlocks blocks = channel_blocks(source_layout).value();
  const Shift shift{.planes = blocks.samples * blocks.blocks,
                    .width = blocks.width,
                    .in = compiler.architecture().shape(input),
                    .out = compiler.architecture().shape(node),
                    .top = op.integer("top"),
                    .left = op.integer("left")};
  const Desc layout = blocks.layout(compiler.dims(node));
  const bool bf16 = blocks.type == DataType::bf16;
  const BufferId value = compiler.add_buffer(layout);
  compiler.tape().add(
      [shift, bf16](std::span<float* const> buffers) {
        if (bf16) {
          forward(shift, values<Bfloat16>(buffers[0]), values<Bfloat16>(buffers[1]));
        } else {
          forward(shift, buffers[0], buffers[1]);
        }
      },
      {source, value});
  compiler.set_value(node, value);

  return [&compiler, node, input, layout, source_layout, shift, bf16] {
    const BufferId gradient = compiler.in_layout(compiler.gradient(node), layout);
    const BufferId source_gradient = compiler.add_buffer(source_layout);
    compiler.tape().add(
        [shift, bf16](std::span<float* const> buffers) {
          if (bf16) {
            backward(shift, values<Bfloat16>(buffers[0]), values<Bfloat16>(buffers[1]));
          } else {
            backward(shift, buffers[0], buffers[1]);
          }
        },
        {gradient, source_gradient});
    compiler.add_gradient(input, source_gradient);
  };
}

}  // namespace nas::engine
