#include "core/engine/kernels/kernel_table.hpp"

namespace nas::engine {

std::function<void()> compile_input(Compiler& compiler, NodeId node) {
  const BufferId buffer = compiler.add_buffer(plain(compiler.dims(node)));
  // Whoever wrote it may run the network a second time.
  compiler.tape().keep_always(buffer);
  compiler.set_value(node, buffer);
  return [] {};
}

}  // namespace nas::engine
