#include "core/engine/kernels/kernel_table.hpp"

namespace nas::engine {
namespace {

/// What the backward pass of an activation reads.
enum class Reads { source, destination };

struct Activation {
  Eltwise function;
  Reads reads;
  bool keeps_zero = true;
};

/// oneDNN has no fast kernels for padded blocks of channels. Where 0 gives 0 the padding may be
/// computed along with the rest: the activation is one long vector.
Desc flat(const Desc& desc) {
  return plain({static_cast<std::int64_t>(elements(desc))}, data_type(desc));
}

void add_eltwise_backward(Compiler& compiler, NodeId node, const Activation& activation,
                          const EltwiseForward& forward) {
  const NodeId input = compiler.input(node);
  const BufferId kept = compiler.value(activation.reads == Reads::source ? input : node);
  const Desc layout = compiler.desc(kept);
  const Desc view = activation.keeps_zero ? flat(layout) : layout;
  const BufferId gradient = compiler.in_layout(compiler.gradient(node), layout);
  const BufferId source_gradient = compiler.add_buffer(layout);
  Tape& tape = compiler.tape();
  compiler.add_primitive(
      eltwise_backward(activation.function, compiler.precision().seen(view), forward),
      {{activation.reads == Reads::source ? DNNL_ARG_SRC : DNNL_ARG_DST,
        tape.reinterpret(kept, view)},
       {DNNL_ARG_DIFF_DST, tape.reinterpret(gradient, view)},
       {DNNL_ARG_DIFF_SRC, tape.reinterpret(source_gradient, view)}});
  tape.allow_in_place(gradient, source_gradient);
  compiler.add_gradient(input, source_gradient);
}

std::function<void()> compile_eltwise(Compiler& compiler, NodeId node,
                                      const Activation& activation) {
  const BufferId source = compiler.value(compiler.input(node));
  const Desc layout = compiler.desc(source);
  const Desc view = activation.keeps_zero ? flat(layout) : layout;
  const EltwiseForward forward =
      eltwise_forward(compiler.training(), activation.function, compiler.precision().seen(view));
  const BufferId value = compiler.add_buffer(layout);
  Tape& tape = compiler.tape();
  compiler.add_primitive(forward, {{DNNL_ARG_SRC, tape.reinterpret(source, view)},
                                   {DNNL_ARG_DST, tape.reinterpret(value, view)}});
  tape.allow_in_place(source, value);
  compiler.set_value(node, value);
  return [&compiler, node, activation, forward] {
    add_eltwise_backward(compiler, node, activation, forward);
  };
}

}  // namespace

std::function<void()> compile_relu(Compiler& compiler, NodeId node) {
  return compile_eltwise(compiler, node,
                         {{dnnl::algorithm::eltwise_relu_use_dst_for_bwd}, Reads::destination});
}

std::function<void()> compile_relu6(Compiler& compiler, NodeId node) {
  return compile_eltwise(
      compiler, node,
      {{dnnl::algorithm::eltwise_clip_v2_use_dst_for_bwd, 0.0F, 6.0F}, Reads::destination});
}

std::function<void()> compile_leaky_relu(Compiler& compiler, NodeId node) {
  const auto slope = static_cast<float>(compiler.architecture().op(node).real("slope"));
  return compile_eltwise(
      compiler, node, {{dnnl::algorithm::eltwise_relu_use_dst_for_bwd, slope}, Reads::destination});
}

std::function<void()> compile_elu(Compiler& compiler, NodeId node) {
  const auto alpha = static_cast<float>(compiler.architecture().op(node).real("alpha"));
  return compile_eltwise(
      compiler, node, {{dnnl::algorithm::eltwise_elu_use_dst_for_bwd, alpha}, Reads::destination});
}

std::function<void()> compile_tanh(Compiler& compiler, NodeId node) {
  return compile_eltwise(compiler, node,
                         {{dnnl::algorithm::eltwise_tanh_use_dst_for_bwd}, Reads::destination});
}

std::function<void()> compile_softplus(Compiler& compiler, NodeId node) {
  return compile_eltwise(compiler, node, {soft_relu, Reads::source, false});
}

std::function<void()> compile_sigmoid(Compiler& compiler, NodeId node) {
  return compile_eltwise(
      compiler, node,
      {{dnnl::algorithm::eltwise_logistic_use_dst_for_bwd}, Reads::destination, false});
}

std::function<void()> compile_swish(Compiler& compiler, NodeId node) {
  return compile_eltwise(compiler, node, {{dnnl::algorithm::eltwise_swish, 1.0F}, Reads::source});
}

std::function<void()> compile_h_swish(Compiler& compiler, NodeId node) {
  return compile_eltwise(compiler, node, {hard_swish, Reads::source});
}

}  // namespace nas::engine
