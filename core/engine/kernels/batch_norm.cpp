#include "core/engine/kernels/batch_norm.hpp"

#include <string_view>
#include <utility>

#include "core/engine/kernels/kernel_table.hpp"

namespace nas::engine {
namespace {

struct BatchNorm {
  BufferId source;
  BufferId mean;
  BufferId variance;
  BufferId scale;
  BufferId shift;
  BatchNormForward forward;
  std::optional<BufferId> workspace;
  float epsilon;
  dnnl::normalization_flags flags;
};

dnnl::normalization_flags flags_of(const Compiler& compiler, NodeId node) {
  using Flags = dnnl::normalization_flags;
  Flags flags = Flags::use_scale | Flags::use_shift;
  if (!compiler.training()) flags = flags | Flags::use_global_stats;
  if (fuses_relu(compiler, node)) flags = flags | Flags::fuse_norm_relu;
  return flags;
}

/// The batch's own statistics while training, otherwise the running ones.
BufferId statistic(Compiler& compiler, NodeId node, std::string_view running) {
  const BufferId parameter = compiler.parameter(node, running);
  if (!compiler.training()) return parameter;
  return compiler.add_buffer(compiler.desc(parameter), Home::persistent);
}

void add_backward(Compiler& compiler, NodeId node, const BatchNorm& norm) {
  const Desc layout = compiler.desc(norm.source);
  const BatchNormBackward descriptor =
      batch_norm_backward(layout, norm.epsilon, norm.flags, norm.forward);
  const BufferId gradient = compiler.in_layout(compiler.gradient(node), layout);
  const BufferId source_gradient = compiler.add_buffer(layout);
  std::vector<Argument> arguments = {
      {DNNL_ARG_SRC, norm.source},
      {DNNL_ARG_MEAN, norm.mean},
      {DNNL_ARG_VARIANCE, norm.variance},
      {DNNL_ARG_SCALE, norm.scale},
      {DNNL_ARG_SHIFT, norm.shift},  // not read, but oneDNN 2.6 counts its arguments
      {DNNL_ARG_DIFF_DST, gradient},
      {DNNL_ARG_DIFF_SRC, source_gradient},
      {DNNL_ARG_DIFF_SCALE, compiler.parameter_gradient(node, "scale")},
      {DNNL_ARG_DIFF_SHIFT, compiler.parameter_gradient(node, "shift")}};
  if (norm.workspace) arguments.push_back({DNNL_ARG_WORKSPACE, *norm.workspace});
  compiler.tape().add(descriptor, std::move(arguments));
  compiler.tape().allow_in_place(gradient, source_gradient);
  const NodeId input = compiler.input(node);
  if (compiler.wants_gradient(input)) compiler.add_gradient(input, source_gradient);
}

}  // namespace

bool fuses_relu(const Compiler& compiler, NodeId batch_norm) {
  const std::optional<NodeId> reader = compiler.only_reader(batch_norm);
  return reader && compiler.architecture().op(*reader).kind() == OpKind::relu;
}

std::function<void()> compile_batch_norm(Compiler& compiler, NodeId node) {
  const BufferId source = compiler.value(compiler.input(node));
  const auto epsilon = static_cast<float>(compiler.architecture().op(node).real("epsilon"));
  const auto flags = flags_of(compiler, node);
  BatchNorm norm{
      .source = source,
      .mean = statistic(compiler, node, "running_mean"),
      .variance = statistic(compiler, node, "running_variance"),
      .scale = compiler.parameter(node, "scale"),
      .shift = compiler.parameter(node, "shift"),
      .forward = batch_norm_forward(compiler.training(), compiler.desc(source), epsilon, flags),
      .workspace = {},
      .epsilon = epsilon,
      .flags = flags};

  const BufferId destination = compiler.add_buffer(norm.forward.dst_desc());
  std::vector<Argument> arguments = {{DNNL_ARG_SRC, source},
                                     {DNNL_ARG_MEAN, norm.mean},
                                     {DNNL_ARG_VARIANCE, norm.variance},
                                     {DNNL_ARG_SCALE, norm.scale},
                                     {DNNL_ARG_SHIFT, norm.shift},
                                     {DNNL_ARG_DST, destination}};
  // Which values the fused ReLU let pass.
  const Desc workspace = norm.forward.workspace_desc();
  if (workspace.get_size() > 0) {
    norm.workspace = compiler.add_buffer(workspace);
    arguments.push_back({DNNL_ARG_WORKSPACE, *norm.workspace});
  }
  compiler.tape().add(norm.forward, std::move(arguments));
  compiler.tape().allow_in_place(source, destination);
  compiler.set_value(node, destination);
  if (!compiler.training()) return {};

  const Architecture& architecture = compiler.architecture();
  compiler.add_statistics(
      {.running_mean = parameter_name(architecture, node, "running_mean"),
       .running_variance = parameter_name(architecture, node, "running_variance"),
       .mean = norm.mean,
       .variance = norm.variance,
       .count = compiler.batch() * architecture.shape(node).pixels(),
       .momentum = architecture.op(node).real("momentum")});
  return [&compiler, node, norm] { add_backward(compiler, node, norm); };
}

}  // namespace nas::engine
