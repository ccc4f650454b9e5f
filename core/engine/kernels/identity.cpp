#include "core/engine/kernels/kernel_table.hpp"

namespace nas::engine {

std::function<void()> compile_identity(Compiler& compiler, NodeId node) {
  const NodeId input = compiler.input(node);
  compiler.set_value(node, compiler.value(input));
  return [&compiler, node, input] { compiler.add_gradient(input, compiler.gradient(node)); };
}

}  // namespace nas::engine
