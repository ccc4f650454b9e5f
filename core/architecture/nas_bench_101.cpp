#include "core/architecture/nas_bench_101.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/architecture/cell_blocks.hpp"

namespace nas {
namespace {

constexpr std::array<std::string_view, nas_bench_101_ops> cell_op_names = {"conv3x3", "conv1x1",
                                                                           "maxpool3x3"};

/// The benchmark's batch norm, TensorFlow's momentum of 0.997.
Op norm() { return Op(OpKind::batch_norm).set("momentum", 0.003); }

NodeId add_convolution(Architecture& net, NodeId input, const std::string& name,
                       std::int64_t channels, std::int64_t kernel) {
  NodeId x = net.add(convolution({.out_channels = channels, .kernel = kernel}), {input}, name);
  x = net.add(norm(), {x}, name + ".norm");
  return net.add(Op(OpKind::relu), {x}, name + ".activation");
}

/// The input of the cell in the channels of a vertex.
NodeId add_projection(Architecture& net, NodeId input, const std::string& vertex,
                      std::int64_t channels) {
  return add_convolution(net, input, fmt::format("{}.project.c{}", vertex, channels), channels, 1);
}

NodeId add_sum(Architecture& net, const std::vector<NodeId>& terms, const std::string& name) {
  return terms.size() == 1 ? terms.front() : net.add(Op(OpKind::add), terms, name);
}

/// The first `channels` channels of what vertex `from` gives.
NodeId truncated(Architecture& net, NodeId value, const std::string& vertex, std::size_t from,
                 std::int64_t channels) {
  if (net.shape(value).channels == channels) return value;
  return net.add(Op(OpKind::slice).set("count", static_cast<double>(channels)), {value},
                 fmt::format("{}.from{}", vertex, from));
}

NodeId add_op(Architecture& net, NodeId input, const std::string& vertex, NasBench101Op op) {
  const std::int64_t channels = net.shape(input).channels;
  const std::string name = fmt::format("{}.{}.c{}", vertex, nas_bench_101_op_name(op), channels);
  if (op == NasBench101Op::maxpool3x3) return net.add(max_pool(3, 1), {input}, name);
  return add_convolution(net, input, name, channels, op == NasBench101Op::conv3x3 ? 3 : 1);
}

NodeId add_downsampling(Architecture& net, NodeId input, const std::string& name) {
  const Shape& shape = net.shape(input);
  const Op pool = max_pool(2, 2)
                      .set("padding_h", static_cast<double>(shape.height % 2))
                      .set("padding_w", static_cast<double>(shape.width % 2));
  return net.add(pool, {input}, name);
}

}  // namespace

std::string_view nas_bench_101_op_name(NasBench101Op op) {
  return cell_op_names[static_cast<std::size_t>(op)];
}

bool NasBench101Cell::has_edge(std::size_t from, std::size_t to) const {
  return std::ranges::find(edges, std::pair(from, to)) != edges.end();
}

std::vector<std::int64_t> nas_bench_101_channels(const NasBench101Cell& cell,
                                                 std::int64_t in_channels,
                                                 std::int64_t out_channels) {
  const std::size_t output = cell.vertices() - 1;
  std::vector<std::int64_t> channels(cell.vertices(), 0);
  channels.front() = in_channels;
  channels.back() = out_channels;
  std::vector<std::size_t> concatenated;
  for (std::size_t v = 1; v < output; ++v) {
    if (cell.has_edge(v, output)) concatenated.push_back(v);
  }
  const auto parts = static_cast<std::int64_t>(concatenated.size());
  std::int64_t left_over = parts == 0 ? 0 : out_channels % parts;
  for (const std::size_t v : concatenated) channels[v] = out_channels / parts + (left_over-- > 0);
  for (std::size_t v = output; v-- > 1;) {
    if (cell.has_edge(v, output)) continue;
    for (std::size_t to = v + 1; to < output; ++to) {
      if (cell.has_edge(v, to)) channels[v] = std::max(channels[v], channels[to]);
    }
  }
  return channels;
}

NodeId add_nas_bench_101_cell(Architecture& net, NodeId input, const std::string& name,
                              const NasBench101Cell& cell, std::int64_t out_channels) {
  const std::size_t output = cell.vertices() - 1;
  const std::vector<std::int64_t> channels =
      nas_bench_101_channels(cell, net.shape(input).channels, out_channels);
  std::vector<NodeId> values = {input};
  std::vector<NodeId> concatenated;
  for (std::size_t v = 1; v < output; ++v) {
    const std::string vertex = fmt::format("{}.vertex{}", name, v);
    std::vector<NodeId> terms;
    for (std::size_t from = 1; from < v; ++from) {
      if (!cell.has_edge(from, v)) continue;
      terms.push_back(truncated(net, values[from], vertex, from, channels[v]));
    }
    if (cell.has_edge(0, v)) terms.push_back(add_projection(net, input, vertex, channels[v]));
    values.push_back(add_op(net, add_sum(net, terms, vertex + ".sum"), vertex, cell.ops[v - 1]));
    if (cell.has_edge(v, output)) concatenated.push_back(values.back());
  }
  const std::string last = name + ".output";
  std::vector<NodeId> terms;
  if (concatenated.size() > 1) {
    terms = {net.add(Op(OpKind::concat), concatenated, last + ".concat")};
  } else {
    terms = concatenated;
  }
  if (cell.has_edge(0, output)) terms.push_back(add_projection(net, input, last, out_channels));
  return add_sum(net, terms, last);
}

Architecture nas_bench_101(const NasBench101& settings, const Task& task) {
  Architecture net;
  NodeId x = net.add(input_op(task.input), {}, "image");
  x = add_convolution(net, x, "stem", settings.channels, 3);
  for (std::int64_t stack = 0; stack < settings.stacks; ++stack) {
    if (stack > 0) x = add_downsampling(net, x, fmt::format("reduction{}", stack));
    for (std::int64_t i = 0; i < settings.cells; ++i) {
      x = add_nas_bench_101_cell(net, x, fmt::format("stack{}.cell{}", stack, i), settings.cell,
                                 settings.channels << stack);
    }
  }
  add_classifier(net, x, task.classes);
  return net;
}

}  // namespace nas
