#include "core/engine/kernels/kernel_table.hpp"

namespace nas::engine {

std::function<void()> compile_global_average_pool(Compiler& compiler, NodeId node) {
  const NodeId input = compiler.input(node);
  const BufferId source = compiler.value(input);
  const Shape& shape = compiler.architecture().shape(input);
  const Window window{.kernel = {shape.height, shape.width},
                      .strides = {1, 1},
                      .dilation = {0, 0},
                      .padding_begin = {0, 0},
                      .padding_end = {0, 0}};
  const PoolingForward forward = average_pooling_forward(compiler.training(), compiler.desc(source),
                                                         any(compiler.dims(node)), window);
  const BufferId value = compiler.add_buffer(forward.dst_desc());
  compiler.tape().add(forward, {{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, value}});
  compiler.set_value(node, value);

  return [&compiler, node, input, source, value, window, forward] {
    const PoolingBackward backward =
        average_pooling_backward(compiler.desc(source), compiler.desc(value), window, forward);
    const BufferId source_gradient = compiler.add_buffer(backward.diff_src_desc());
    compiler.tape().add(
        backward,
        {{DNNL_ARG_DIFF_DST, compiler.in_layout(compiler.gradient(node), backward.diff_dst_desc())},
         {DNNL_ARG_DIFF_SRC, source_gradient}});
    compiler.add_gradient(input, source_gradient);
  };
}

}  // namespace nas::engine
