#include <algorithm>
#include <vector>

#include "core/engine/channel_blocks.hpp"
#include "core/engine/kernels/conversion.hpp"
#include "core/engine/kernels/kernel_table.hpp"

namespace nas::engine {
namespace {

/// For every channel of the output where the one that it is a copy of lies in a sample.
std::vector<std::int64_t> sources(const ChannelBlocks& blocks, std::int64_t groups) {
  const std::int64_t columns = blocks.channels / groups;
  std::vector<std::int64_t> result;
  for (std::int64_t channel = 0; channel < blocks.channels; ++channel) {
    const std::int64_t source = channel % groups * columns + channel / groups;
    result.push_back(source / blocks.width * blocks.pixels * blocks.width + source % blocks.width);
  }
  return result;
}

template <typename Value>
void shuffle(const ChannelBlocks& blocks, const std::vector<std::int64_t>& sources,
             const Value* input, Value* output) {
  const std::int64_t width = blocks.width;
  for (std::int64_t sample = 0; sample < blocks.samples; ++sample) {
    for (std::int64_t block = 0; block < blocks.blocks; ++block, output += blocks.pixels * width) {
      const std::int64_t* source = sources.data() + block * width;
      const std::int64_t lanes = blocks.lanes(block);
      if (width == 1) {
        std::copy_n(input + *source, blocks.pixels, output);
        continue;
      }
      for (std::int64_t pixel = 0; pixel < blocks.pixels * width; pixel += width) {
        for (std::int64_t lane = 0; lane < lanes; ++lane) {
          output[pixel + lane] = input[source[lane] + pixel];
        }
        std::fill(output + pixel + lanes, output + pixel + width, Value{});
      }
    }
    input += blocks.blocks * blocks.pixels * width;
  }
}

BufferId add_shuffle(Compiler& compiler, BufferId input, std::int64_t groups) {
  const Desc layout = compiler.desc(input);
  const ChannelBlocks blocks = channel_blocks(layout).value();
  const BufferId output = compiler.add_buffer(layout);
  compiler.tape().add(
      [blocks, sources = sources(blocks, groups)](std::span<float* const> buffers) {
        if (blocks.type == DataType::bf16) {
          shuffle(blocks, sources, values<Bfloat16>(buffers[0]), values<Bfloat16>(buffers[1]));
        } else {
          shuffle(blocks, sources, buffers[0], buffers[1]);
        }
      },
      {input, output});
  return output;
}

}  // namespace

std::function<void()> compile_channel_shuffle(Compiler& compiler, NodeId node) {
  const NodeId input = compiler.input(node);
  const std::int64_t groups = compiler.architecture().op(node).integer("groups");
  const BufferId source = compiler.in_known_layout(compiler.value(input));
  compiler.set_value(node, add_shuffle(compiler, source, groups));

  return [&compiler, node, input, groups] {
    // The transpose of a table goes back by its number of columns.
    const std::int64_t columns = compiler.architecture().shape(node).channels / groups;
    const BufferId gradient = compiler.in_known_layout(compiler.gradient(node));
    compiler.add_gradient(input, add_shuffle(compiler, gradient, columns));
  };
}

}  // namespace nas::engine
