#include "core/engine/kernels/kernel_table.hpp"

namespace nas::engine {

std::function<void()> compile_add(Compiler& compiler, NodeId node) {
  const std::vector<NodeId>& inputs = compiler.architecture().inputs(node);
  const Desc layout = compiler.desc(compiler.value(compiler.leading_input(node)));
  BufferId sum = compiler.in_layout(compiler.value(inputs.front()), layout);
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    const BufferId term = compiler.in_layout(compiler.value(inputs[i]), layout);
    const BufferId total = compiler.add_buffer(layout);
    compiler.add_primitive(binary_add(compiler.precision().seen(layout)),
                           {{DNNL_ARG_SRC_0, sum}, {DNNL_ARG_SRC_1, term}, {DNNL_ARG_DST, total}});
    compiler.tape().allow_in_place(sum, total);
    sum = total;
  }
  compiler.set_value(node, sum);
  return [&compiler, node] {
    for (const NodeId input : compiler.architecture().inputs(node)) {
      if (compiler.wants_gradient(input)) compiler.add_gradient(input, compiler.gradient(node));
    }
  };
}

}  // namespace nas::engine
