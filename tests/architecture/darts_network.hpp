/// The network that DARTS found, of the blocks that its cells are made of.
#pragma once

#include <string>
#include <vector>

#include "core/architecture/cell_blocks.hpp"

namespace nas {

struct DartsEdge {
  std::string op;
  std::size_t from;  ///< 0 and 1 are the two cells before, 2 the first node of this one
};

inline NodeId add_darts_op(Architecture& net, NodeId x, const std::string& name,
                           const std::string& op, std::int64_t stride) {
  const std::int64_t channels = net.shape(x).channels;
  if (op == "max_pool_3x3") return net.add(max_pool(3, stride), {x}, name);
  if (op == "skip_connect" && stride == 1) return net.add(Op(OpKind::identity), {x}, name);
  if (op == "skip_connect") {
    return add_factorised_reduction(net, x, name, {.out_channels = channels, .pad = false});
  }
  if (op == "dil_conv_3x3") {
    return add_dilated_convolution(net, x, name,
                                   {.out_channels = channels, .stride = stride, .dilation = 2});
  }
  return add_separable_convolution(net, x, name, {.out_channels = channels, .stride = stride});
}

struct DartsCell {
  std::int64_t channels;
  bool reduces;
  bool follows_reduction;
};

/// Both cells of DARTS_V2 concatenate all four of their nodes.
inline NodeId add_darts_cell(Architecture& net, NodeId before_last, NodeId last,
                             const std::string& name, const DartsCell& cell) {
  const std::vector<DartsEdge> normal = {
      {"sep_conv_3x3", 0}, {"sep_conv_3x3", 1}, {"sep_conv_3x3", 0}, {"sep_conv_3x3", 1},
      {"sep_conv_3x3", 1}, {"skip_connect", 0}, {"skip_connect", 0}, {"dil_conv_3x3", 2}};
  const std::vector<DartsEdge> reduction = {
      {"max_pool_3x3", 0}, {"max_pool_3x3", 1}, {"skip_connect", 2}, {"max_pool_3x3", 1},
      {"max_pool_3x3", 0}, {"skip_connect", 2}, {"skip_connect", 2}, {"max_pool_3x3", 1}};
  const std::vector<DartsEdge>& edges = cell.reduces ? reduction : normal;
  const ConvolutionSettings narrow{.out_channels = cell.channels};
  std::vector<NodeId> states = {
      cell.follows_reduction
          ? add_factorised_reduction(net, before_last, name + ".in0",
                                     {.out_channels = cell.channels, .pad = false})
          : add_relu_convolution_norm(net, before_last, name + ".in0", narrow),
      add_relu_convolution_norm(net, last, name + ".in1", narrow)};
  for (std::size_t i = 0; i < edges.size(); i += 2) {
    const auto term = [&](const DartsEdge& edge, const char* side) {
      const std::int64_t stride = cell.reduces && edge.from < 2 ? 2 : 1;
      return add_darts_op(net, states[edge.from], name + ".node" + std::to_string(i / 2) + side,
                          edge.op, stride);
    };
    const NodeId first = term(edges[i], ".first"), second = term(edges[i + 1], ".second");
    states.push_back(
        net.add(Op(OpKind::add), {first, second}, name + ".sum" + std::to_string(i / 2)));
  }
  return net.add(Op(OpKind::concat), {states.begin() + 2, states.end()}, name);
}

inline Architecture darts_v2_network(std::int64_t channels, std::size_t cells,
                                     const Shape& input = {3, 32, 32}) {
  Architecture net;
  const NodeId image = net.add(input_op(input), {}, "image");
  NodeId last =
      add_convolution_norm(net, image, "stem", {.out_channels = 3 * channels, .kernel = 3});
  NodeId before_last = last;
  bool reduced = false;
  for (std::size_t i = 0; i < cells; ++i) {
    const bool reduces = i == cells / 3 || i == 2 * cells / 3;
    if (reduces) channels *= 2;
    const NodeId next = add_darts_cell(net, before_last, last, "cell" + std::to_string(i),
                                       {channels, reduces, reduced});
    before_last = last;
    last = next;
    reduced = reduces;
  }
  add_classifier(net, last, 10);
  return net;
}

}  // namespace nas
