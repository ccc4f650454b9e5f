#include <algorithm>

#include "core/engine/channel_blocks.hpp"
#include "core/engine/kernels/kernel_table.hpp"

namespace nas::engine {

std::function<void()> compile_zero(Compiler& compiler, NodeId node) {
  // In the layout of its input, as what it is added to probably is.
  const auto blocks = channel_blocks(compiler.desc(compiler.value(compiler.input(node))));
  const Dims dims = compiler.dims(node);
  const BufferId value = compiler.add_buffer(blocks ? blocks->layout(dims) : plain(dims));
  const std::size_t count = compiler.desc(value).get_size() / sizeof(float);
  compiler.tape().add(
      [count](std::span<float* const> buffers) { std::fill_n(buffers[0], count, 0.0F); }, {value});
  compiler.set_value(node, value);
  return [] {};
}

}  // namespace nas::engine
