#include "core/architecture/nas_bench_201.hpp"

#include <array>
#include <vector>

#include <fmt/format.h>

#include "core/architecture/cell_blocks.hpp"
#include "core/base/error.hpp"

namespace nas {
namespace {

constexpr std::size_t nodes = 4;
constexpr std::size_t edges = 6;
constexpr std::int64_t resolutions = 3;
constexpr std::array<std::string_view, nas_bench_201_ops> edge_op_names = {
    "none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"};

std::vector<NasBench201Op> edge_ops(std::string_view code) {
  std::vector<NasBench201Op> ops;
  for (const char digit : code) {
    if (digit < '0' || digit > '4') break;
    ops.push_back(static_cast<NasBench201Op>(digit - '0'));
  }
  if (code.size() == edges && ops.size() == edges) return ops;
  throw Error(
      ErrorKind::space,
      fmt::format("the NAS-Bench-201 code is '{}' but must be {} digits from 0 to 4", code, edges));
}

/// He et al. 2016, the activation first.
NodeId add_residual_block(Architecture& net, NodeId input, const std::string& name,
                          std::int64_t channels) {
  NodeId x = add_relu_convolution_norm(net, input, name + ".first",
                                       {.out_channels = channels, .kernel = 3, .stride = 2});
  x = add_relu_convolution_norm(net, x, name + ".second", {.out_channels = channels, .kernel = 3});
  // The convolution rounds odd sizes up; so does the pooling where it begins one pixel earlier.
  const Shape& shape = net.shape(input);
  const Op pool = average_pool(2, 2)
                      .set("padding_h", static_cast<double>(shape.height % 2))
                      .set("padding_w", static_cast<double>(shape.width % 2));
  NodeId residual = net.add(pool, {input}, name + ".pool");
  residual = net.add(convolution({.out_channels = channels}), {residual}, name + ".shortcut");
  return net.add(Op(OpKind::add), {residual, x}, name + ".add");
}

}  // namespace

std::string_view nas_bench_201_op_name(NasBench201Op op) {
  return edge_op_names[static_cast<std::size_t>(op)];
}

NodeId add_nas_bench_201_op(Architecture& net, NodeId input, const std::string& name,
                            NasBench201Op op, bool affine) {
  const std::int64_t channels = net.shape(input).channels;
  switch (op) {
    case NasBench201Op::none:
      return net.add(Op(OpKind::zero), {input}, name);
    case NasBench201Op::skip_connect:
      return net.add(Op(OpKind::identity), {input}, name);
    case NasBench201Op::nor_conv_1x1:
      return add_relu_convolution_norm(net, input, name, {.out_channels = channels}, affine);
    case NasBench201Op::nor_conv_3x3:
      return add_relu_convolution_norm(net, input, name, {.out_channels = channels, .kernel = 3},
                                       affine);
    case NasBench201Op::avg_pool_3x3:
      break;
  }
  return net.add(average_pool(3, 1), {input}, name);
}

NodeId add_nas_bench_201_cell(Architecture& net, NodeId input, const std::string& name,
                              std::string_view code, bool affine) {
  const std::vector<NasBench201Op> ops = edge_ops(code);
  std::vector<NodeId> values = {input};
  std::size_t edge = 0;
  while (values.size() < nodes) {
    const std::size_t node = values.size();
    std::vector<NodeId> terms;
    for (std::size_t from = 0; from < node; ++from) {
      const NasBench201Op op = ops[edge++];
      terms.push_back(add_nas_bench_201_op(
          net, values[from],
          fmt::format("{}.edge{}{}.{}", name, from, node, nas_bench_201_op_name(op)), op, affine));
    }
    values.push_back(node == 1
                         ? terms.front()
                         : net.add(Op(OpKind::add), terms, fmt::format("{}.node{}", name, node)));
  }
  return values.back();
}

Architecture nas_bench_201(const NasBench201& settings, const Task& task) {
  Architecture net;
  NodeId x = net.add(input_op(task.input), {}, "image");
  x = add_convolution_norm(net, x, "stem", {.out_channels = settings.channels, .kernel = 3});
  for (std::int64_t stage = 0; stage < resolutions; ++stage) {
    const std::int64_t channels = settings.channels << stage;
    if (stage > 0) x = add_residual_block(net, x, fmt::format("reduction{}", stage), channels);
    for (std::int64_t cell = 0; cell < settings.cells; ++cell) {
      x = add_nas_bench_201_cell(net, x, fmt::format("stage{}.cell{}", stage, cell), settings.code,
                                 settings.affine);
    }
  }
  x = net.add(batch_norm(true), {x}, "last.norm");
  x = net.add(Op(OpKind::relu), {x}, "last.activation");
  add_classifier(net, x, task.classes);
  return net;
}

}  // namespace nas
