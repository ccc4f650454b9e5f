#include "core/engine/kernels/kernel_table.hpp"
#include "core/engine/kernels/pooling_window.hpp"

namespace nas::engine {

std::function<void()> compile_average_pool(Compiler& compiler, NodeId node) {
  const Op& op = compiler.architecture().op(node);
  const AveragePooling pooling{.window = pooling_window(op),
                               .include_padding = op.integer("include_padding") != 0};
  const NodeId input = compiler.input(node);
  const BufferId source = compiler.in_floats(compiler.value(input));
  const PoolingForward forward = average_pooling_forward(compiler.training(), compiler.desc(source),
                                                         any(compiler.dims(node)), pooling);
  const BufferId value = compiler.add_buffer(forward.dst_desc());
  compiler.tape().add(forward, {{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, value}});
  compiler.set_value(node, value);

  return [&compiler, node, input, source, value, pooling, forward] {
    const PoolingBackward backward =
        average_pooling_backward(compiler.desc(source), compiler.desc(value), pooling, forward);
    const BufferId source_gradient = compiler.add_buffer(backward.diff_src_desc());
    compiler.tape().add(
        backward,
        {{DNNL_ARG_DIFF_DST, compiler.in_layout(compiler.gradient(node), backward.diff_dst_desc())},
         {DNNL_ARG_DIFF_SRC, source_gradient}});
    compiler.add_gradient(input, source_gradient);
  };
}

}  // namespace nas::engine
