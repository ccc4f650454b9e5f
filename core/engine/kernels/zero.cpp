#include <cstring>

#include "core/engine/channel_blocks.hpp"
#include "core/engine/kernels/kernel_table.hpp"

namespace nas::engine {

std::function<void()> compile_zero(Compiler& compiler, NodeId node) {
  // In the layout of its input, as what it is added to probably is.
  const auto blocks = channel_blocks(compiler.desc(compiler.value(compiler.input(node))));
  const Dims dims = compiler.dims(node);
  const BufferId value = compiler.add_buffer(blocks ? blocks->layout(dims) : plain(dims));
  compiler.tape().add([bytes = compiler.desc(value).get_size()](
                          std::span<float* const> buffers) { std::memset(buffers[0], 0, bytes); },
                      {value});
  compiler.set_value(node, value);
  return [] {};
}

}  // namespace nas::engine
