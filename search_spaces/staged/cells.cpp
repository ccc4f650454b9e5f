#include "search_spaces/staged/cells.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/architecture/cell_blocks.hpp"
#include "search_spaces/staged/words.hpp"

namespace nas {
namespace {

constexpr std::int64_t dilation = 2;

/// An edge within the network that it is added to.
struct Edge {
  std::string name;
  EdgeOp op;
  std::int64_t stride;
  bool affine;
};

std::int64_t kernel_of(EdgeOp op) {
  switch (op) {
    case EdgeOp::convolution_1x1:
      return 1;
    case EdgeOp::separable_5x5:
    case EdgeOp::dilated_5x5:
      return 5;
    case EdgeOp::separable_7x7:
      return 7;
    default:
      return 3;
  }
}

/// Keeps the channels.
NodeId add_edge(Architecture& net, NodeId input, const Edge& edge) {
  const std::int64_t channels = net.shape(input).channels;
  const std::int64_t kernel = kernel_of(edge.op);
  const auto stride = static_cast<double>(edge.stride);
  SeparableConvolution separable{
      .out_channels = channels, .kernel = kernel, .stride = edge.stride, .affine = edge.affine};
  switch (edge.op) {
    case EdgeOp::none:
      return net.add(Op(OpKind::zero).set("stride_h", stride).set("stride_w", stride), {input},
                     edge.name);
    case EdgeOp::skip:
      if (edge.stride == 1) return net.add(Op(OpKind::identity), {input}, edge.name);
      return add_factorised_reduction(net, input, edge.name,
                                      {.out_channels = channels, .affine = edge.affine});
    case EdgeOp::convolution_1x1:
    case EdgeOp::convolution_3x3:
      return add_relu_convolution_norm(
          net, input, edge.name,
          {.out_channels = channels, .kernel = kernel, .stride = edge.stride}, edge.affine);
    case EdgeOp::separable_3x3:
    case EdgeOp::separable_5x5:
    case EdgeOp::separable_7x7:
      return add_separable_convolution(net, input, edge.name, separable);
    case EdgeOp::dilated_3x3:
    case EdgeOp::dilated_5x5:
      separable.dilation = dilation;
      return add_dilated_convolution(net, input, edge.name, separable);
    case EdgeOp::average_pool_3x3:
      return net.add(average_pool(kernel, edge.stride), {input}, edge.name);
    case EdgeOp::max_pool_3x3:
      break;
  }
  return net.add(max_pool(kernel, edge.stride), {input}, edge.name);
}

/// The input with the cell's channels, at the resolution of the last cell.
NodeId add_input(Architecture& net, NodeId input, const Shape& last, const std::string& name,
                 const CellPlace& place) {
  if (net.shape(input).pixels() != last.pixels()) {
    return add_factorised_reduction(net, input, name,
                                    {.out_channels = place.width, .affine = place.affine});
  }
  return add_relu_convolution_norm(net, input, name, {.out_channels = place.width}, place.affine);
}

}  // namespace

NodeId add_cell(Architecture& net, const CellInputs& inputs, const Cell& cell,
                const std::vector<EdgeOp>& ops, const CellPlace& place) {
  std::map<std::string, NodeId> values;
  const Shape last = net.shape(inputs.last);
  if (cell.inputs.size() == 1) {
    values[cell.inputs[0]] = last.channels == place.width
                                 ? inputs.last
                                 : add_input(net, inputs.last, last, place.name + ".input", place);
  } else {
    const std::string name = place.name + ".input";
    values[cell.inputs[0]] = add_input(net, inputs.before_last, last, name + "0", place);
    values[cell.inputs[1]] = add_input(net, inputs.last, last, name + "1", place);
  }
  for (const std::string& node : cell.nodes) {
    std::vector<NodeId> terms;
    for (std::size_t e = 0; e < cell.edges.size(); ++e) {
      const CellEdge& edge = cell.edges[e];
      if (edge.to != node) continue;
      const bool from_input = std::ranges::find(cell.inputs, edge.from) != cell.inputs.end();
      terms.push_back(
          add_edge(net, values.at(edge.from),
                   {fmt::format("{}.{}-{}.{}", place.name, edge.from, edge.to, word(ops[e])),
                    ops[e], from_input ? place.stride : 1, place.affine}));
    }
    values[node] = terms.size() == 1
                       ? terms.front()
                       : net.add(Op(OpKind::add), terms, fmt::format("{}.{}", place.name, node));
  }
  std::vector<NodeId> outputs;
  for (const std::string& node : cell.output) outputs.push_back(values.at(node));
  if (outputs.size() == 1) return outputs.front();
  return net.add(Op(OpKind::concat), outputs, place.name + ".output");
}

}  // namespace nas
