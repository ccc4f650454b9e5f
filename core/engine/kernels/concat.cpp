#include <algorithm>
#include <vector>

#include "core/engine/kernels/channel_copy.hpp"
#include "core/engine/kernels/kernel_table.hpp"

namespace nas::engine {
namespace {

struct Part {
  NodeId node;
  BufferId value;
  ChannelBlocks blocks;
  std::int64_t first_channel;  ///< in the output
};

/// One type for all: that of the first value in blocks, where there is one.
std::vector<Part> parts_of(Compiler& compiler, NodeId node) {
  const DataType type = data_type(compiler.desc(compiler.value(compiler.leading_input(node))));
  std::vector<Part> parts;
  std::int64_t channels = 0;
  for (const NodeId input : compiler.architecture().inputs(node)) {
    const BufferId value =
        compiler.in_known_layout(compiler.in_values_of(compiler.value(input), type));
    const ChannelBlocks blocks = channel_blocks(compiler.desc(value)).value();
    parts.push_back({input, value, blocks, channels});
    channels += blocks.channels;
  }
  return parts;
}

void add_backward(Compiler& compiler, NodeId node, const std::vector<Part>& parts) {
  const BufferId gradient = compiler.in_known_layout(
      compiler.in_values_of(compiler.gradient(node), parts.front().blocks.type));
  const ChannelBlocks blocks = channel_blocks(compiler.desc(gradient)).value();
  for (const Part& part : parts) {
    if (!compiler.wants_gradient(part.node)) continue;
    const BufferId part_gradient = compiler.add_buffer(compiler.desc(part.value));
    compiler.tape().add(
        [blocks, part](std::span<float* const> buffers) {
          copy_channels(blocks, buffers[0], part.blocks, buffers[1],
                        {.from = part.first_channel, .to = 0, .count = part.blocks.channels});
          clear_padding(part.blocks, buffers[1]);
        },
        {gradient, part_gradient});
    compiler.add_gradient(part.node, part_gradient);
  }
}

}  // namespace

std::function<void()> compile_concat(Compiler& compiler, NodeId node) {
  const std::vector<Part> parts = parts_of(compiler, node);
  // Blocks of channels are what most readers want.
  const auto leading =
      std::ranges::find_if(parts, [](const Part& part) { return part.blocks.width > 1; });
  const ChannelBlocks blocks =
      like((leading == parts.end() ? parts.front() : *leading).blocks, compiler.dims(node));
  std::vector<BufferId> buffers;
  buffers.reserve(parts.size() + 1);
  for (const Part& part : parts) buffers.push_back(part.value);
  buffers.push_back(compiler.add_buffer(blocks.layout(compiler.dims(node))));
  compiler.set_value(node, buffers.back());
  compiler.tape().add(
      [blocks, parts](std::span<float* const> addresses) {
        void* const output = addresses.back();
        for (std::size_t i = 0; i < parts.size(); ++i) {
          copy_channels(
              parts[i].blocks, addresses[i], blocks, output,
              {.from = 0, .to = parts[i].first_channel, .count = parts[i].blocks.channels});
        }
        clear_padding(blocks, output);
      },
      buffers);
  return [&compiler, node, parts] { add_backward(compiler, node, parts); };
}

}  // namespace nas::engine
