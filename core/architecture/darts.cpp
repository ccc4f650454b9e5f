#include "core/architecture/darts.hpp"

#include <array>
#include <functional>

#include <fmt/format.h>

#include "core/architecture/cell_blocks.hpp"

namespace nas {
namespace {

constexpr std::int64_t stem_multiplier = 3;
constexpr std::array<std::string_view, darts_ops> darts_op_names = {
    "none",         "max_pool_3x3", "avg_pool_3x3", "skip_connect",
    "sep_conv_3x3", "sep_conv_5x5", "dil_conv_3x3", "dil_conv_5x5"};

bool is_pooling(DartsOp op) { return op == DartsOp::max_pool_3x3 || op == DartsOp::avg_pool_3x3; }

struct Cell {
  std::string name;
  std::int64_t channels;  ///< of each node
  std::size_t nodes;
  bool reduces;
  bool follows_reduction;
  bool affine;

  std::int64_t stride(std::size_t from) const { return reduces && from < 2 ? 2 : 1; }
};

/// DARTS' own does not pad, which is the same for even sizes; odd ones need it.
NodeId add_halving(Architecture& net, NodeId input, const std::string& name, std::int64_t channels,
                   bool affine) {
  const Shape& shape = net.shape(input);
  const bool odd = shape.height % 2 != 0 || shape.width % 2 != 0;
  return add_factorised_reduction(net, input, name,
                                  {.out_channels = channels, .affine = affine, .pad = odd});
}

/// The value of a node, from those of both inputs and of the nodes before.
using AddNode =
    std::function<NodeId(Architecture& net, const Cell& cell, const std::vector<NodeId>& states)>;

/// What all cells have in common: both inputs are brought to the cell's channels, and the nodes are
/// concatenated.
NodeId add_cell(Architecture& net, NodeId before_last, NodeId last, const Cell& cell,
                const AddNode& add_node) {
  const ConvolutionSettings narrow{.out_channels = cell.channels};
  const std::string first = cell.name + ".in0", second = cell.name + ".in1";
  std::vector<NodeId> states;
  if (cell.follows_reduction) {
    states.push_back(add_halving(net, before_last, first, cell.channels, cell.affine));
  } else {
    states.push_back(add_relu_convolution_norm(net, before_last, first, narrow, cell.affine));
  }
  states.push_back(add_relu_convolution_norm(net, last, second, narrow, cell.affine));
  while (states.size() < 2 + cell.nodes) states.push_back(add_node(net, cell, states));
  return net.add(Op(OpKind::concat), {states.begin() + 2, states.end()}, cell.name);
}

Architecture stacked(const DartsSettings& settings, const Task& task, std::size_t nodes,
                     bool affine, const AddNode& add_node) {
  Architecture net;
  const NodeId image = net.add(input_op(task.input), {}, "image");
  std::int64_t channels = settings.channels;
  NodeId last = add_convolution_norm(net, image, "stem",
                                     {.out_channels = stem_multiplier * channels, .kernel = 3});
  NodeId before_last = last;
  bool reduced = false;
  for (std::size_t i = 0; i < settings.cells; ++i) {
    const bool reduces = i == settings.cells / 3 || i == 2 * settings.cells / 3;
    if (reduces) channels *= 2;
    const Cell cell{fmt::format("cell{}", i), channels, nodes, reduces, reduced, affine};
    const NodeId next = add_cell(net, before_last, last, cell, add_node);
    before_last = last;
    last = next;
    reduced = reduces;
  }
  add_classifier(net, last, task.classes);
  return net;
}

}  // namespace

std::string_view darts_op_name(DartsOp op) { return darts_op_names[static_cast<std::size_t>(op)]; }

NodeId add_darts_op(Architecture& net, NodeId input, const std::string& name, DartsOp op,
                    const DartsOpSettings& settings) {
  const std::int64_t channels = net.shape(input).channels;
  const auto convolved = [&](std::int64_t kernel, std::int64_t dilation) {
    return SeparableConvolution{.out_channels = channels,
                                .kernel = kernel,
                                .stride = settings.stride,
                                .dilation = dilation,
                                .affine = settings.affine};
  };
  const auto stride = static_cast<double>(settings.stride);
  switch (op) {
    case DartsOp::none:
      return net.add(Op(OpKind::zero).set("stride_h", stride).set("stride_w", stride), {input},
                     name);
    case DartsOp::max_pool_3x3:
      return net.add(max_pool(3, settings.stride), {input}, name);
    case DartsOp::avg_pool_3x3:
      return net.add(average_pool(3, settings.stride), {input}, name);
    case DartsOp::skip_connect:
      if (settings.stride == 1) return net.add(Op(OpKind::identity), {input}, name);
      return add_halving(net, input, name, channels, settings.affine);
    case DartsOp::sep_conv_3x3:
      return add_separable_convolution(net, input, name, convolved(3, 1));
    case DartsOp::sep_conv_5x5:
      return add_separable_convolution(net, input, name, convolved(5, 1));
    case DartsOp::dil_conv_3x3:
      return add_dilated_convolution(net, input, name, convolved(3, 2));
    case DartsOp::dil_conv_5x5:
      break;
  }
  return add_dilated_convolution(net, input, name, convolved(5, 2));
}

NodeId add_darts_mix(Architecture& net, NodeId input, const std::string& name,
                     const DartsMixSettings& settings) {
  std::vector<NodeId> branches;
  for (std::int64_t i = 0; i < darts_ops; ++i) {
    const auto op = static_cast<DartsOp>(i);
    const std::string branch = fmt::format("{}.{}", name, darts_op_name(op));
    NodeId x = add_darts_op(net, input, branch, op, {.stride = settings.stride, .affine = false});
    if (is_pooling(op)) x = net.add(batch_norm(false), {x}, branch + ".norm");
    branches.push_back(x);
  }
  const NodeId mix = net.add(Op(OpKind::mix).set("softmax", 1), branches, name);
  const std::string_view coefficients =
      settings.reduces ? darts_reduction_coefficients : darts_normal_coefficients;
  net.refer(mix, "coefficient",
            {.name = std::string(coefficients),
             .shape = {darts_edges, darts_ops},
             .views = {RangeView{.axis = 0, .begin = settings.edge, .count = 1},
                       ReshapeView{{darts_ops}}}});
  return mix;
}

Architecture darts_search_network(const DartsSettings& settings, const Task& task) {
  const AddNode add_node = [](Architecture& net, const Cell& cell,
                              const std::vector<NodeId>& states) {
    std::int64_t edge = 0;  // of the first that leads to this node
    for (std::size_t before = 2; before < states.size(); ++before) {
      edge += static_cast<std::int64_t>(before);
    }
    const std::string node = fmt::format("{}.node{}", cell.name, states.size() - 2);
    std::vector<NodeId> terms;
    for (std::size_t from = 0; from < states.size(); ++from, ++edge) {
      terms.push_back(
          add_darts_mix(net, states[from], fmt::format("{}.from{}", node, from),
                        {.reduces = cell.reduces, .edge = edge, .stride = cell.stride(from)}));
    }
    return net.add(Op(OpKind::add), terms, node);
  };
  return stacked(settings, task, darts_nodes, false, add_node);
}

Architecture darts_network(const DartsGenotype& genotype, const DartsSettings& settings,
                           const Task& task) {
  const AddNode add_node = [&genotype](Architecture& net, const Cell& cell,
                                       const std::vector<NodeId>& states) {
    const DartsCellGenotype& edges = cell.reduces ? genotype.reduction : genotype.normal;
    const std::size_t node = states.size() - 2;
    const std::string name = fmt::format("{}.node{}", cell.name, node);
    std::vector<NodeId> terms;
    for (std::size_t i = 0; i < 2; ++i) {
      const DartsEdge& edge = edges.at(2 * node + i);
      terms.push_back(
          add_darts_op(net, states.at(edge.from),
                       fmt::format("{}.from{}.{}", name, edge.from, darts_op_name(edge.op)),
                       edge.op, {.stride = cell.stride(edge.from)}));
    }
    return net.add(Op(OpKind::add), terms, name);
  };
  return stacked(settings, task, genotype.normal.size() / 2, true, add_node);
}

DartsGenotype darts_v1() {
  using enum DartsOp;
  return {.normal = {{sep_conv_3x3, 1},
                     {sep_conv_3x3, 0},
                     {skip_connect, 0},
                     {sep_conv_3x3, 1},
                     {skip_connect, 0},
                     {sep_conv_3x3, 1},
                     {sep_conv_3x3, 0},
                     {skip_connect, 2}},
          .reduction = {{max_pool_3x3, 0},
                        {max_pool_3x3, 1},
                        {skip_connect, 2},
                        {max_pool_3x3, 0},
                        {max_pool_3x3, 0},
                        {skip_connect, 2},
                        {skip_connect, 2},
                        {avg_pool_3x3, 0}}};
}

DartsGenotype darts_v2() {
  using enum DartsOp;
  return {.normal = {{sep_conv_3x3, 0},
                     {sep_conv_3x3, 1},
                     {sep_conv_3x3, 0},
                     {sep_conv_3x3, 1},
                     {sep_conv_3x3, 1},
                     {skip_connect, 0},
                     {skip_connect, 0},
                     {dil_conv_3x3, 2}},
          .reduction = {{max_pool_3x3, 0},
                        {max_pool_3x3, 1},
                        {skip_connect, 2},
                        {max_pool_3x3, 1},
                        {max_pool_3x3, 0},
                        {skip_connect, 2},
                        {skip_connect, 2},
                        {max_pool_3x3, 1}}};
}

}  // namespace nas
