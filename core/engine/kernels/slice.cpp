#include "core/engine/kernels/channel_copy.hpp"
#include "core/engine/kernels/kernel_table.hpp"

namespace nas::engine {

std::function<void()> compile_slice(Compiler& compiler, NodeId node) {
  const NodeId input = compiler.input(node);
  const BufferId source = compiler.in_known_layout(compiler.value(input));
  const Desc source_layout = compiler.desc(source);
  const ChannelBlocks whole = channel_blocks(source_layout).value();
  const ChannelBlocks part = like(whole, compiler.dims(node));
  const std::int64_t begin = compiler.architecture().op(node).integer("begin");
  const BufferId value = compiler.add_buffer(whole.layout(compiler.dims(node)));
  compiler.tape().add(
      [whole, part, begin](std::span<float* const> buffers) {
        copy_channels(whole, buffers[0], part, buffers[1],
                      {.from = begin, .to = 0, .count = part.channels});
        clear_padding(part, buffers[1]);
      },
      {source, value});
  compiler.set_value(node, value);

  return [&compiler, node, input, source_layout, whole, begin] {
    const BufferId gradient =
        compiler.in_known_layout(compiler.in_values_of(compiler.gradient(node), whole.type));
    const ChannelBlocks given = channel_blocks(compiler.desc(gradient)).value();
    const BufferId source_gradient = compiler.add_buffer(source_layout);
    compiler.tape().add(
        [whole, given, begin](std::span<float* const> buffers) {
          clear(whole, buffers[1]);
          copy_channels(given, buffers[0], whole, buffers[1],
                        {.from = 0, .to = begin, .count = given.channels});
        },
        {gradient, source_gradient});
    compiler.add_gradient(input, source_gradient);
  };
}

}  // namespace nas::engine
