#include "core/engine/kernels/kernel_table.hpp"

namespace nas::engine {
namespace {

BufferId product(Compiler& compiler, BufferId a, BufferId b) {
  const Desc layout = compiler.desc(a);
  const BufferId result = compiler.add_buffer(layout);
  compiler.add_primitive(binary_multiply(compiler.precision().seen(layout)),
                         {{DNNL_ARG_SRC_0, a}, {DNNL_ARG_SRC_1, b}, {DNNL_ARG_DST, result}});
  compiler.tape().allow_in_place(a, result);
  return result;
}

}  // namespace

std::function<void()> compile_multiply(Compiler& compiler, NodeId node) {
  const Desc layout = compiler.desc(compiler.value(compiler.leading_input(node)));
  const BufferId a = compiler.in_layout(compiler.value(compiler.input(node, 0)), layout);
  const BufferId b = compiler.in_layout(compiler.value(compiler.input(node, 1)), layout);
  compiler.set_value(node, product(compiler, a, b));

  return [&compiler, node, layout, a, b] {
    const BufferId gradient = compiler.in_layout(compiler.gradient(node), layout);
    const NodeId first = compiler.input(node, 0), second = compiler.input(node, 1);
    if (compiler.wants_gradient(first)) {
      compiler.add_gradient(first, product(compiler, gradient, b));
    }
    if (compiler.wants_gradient(second)) {
      compiler.add_gradient(second, product(compiler, gradient, a));
    }
  };
}

}  // namespace nas::engine
