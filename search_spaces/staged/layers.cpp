#include "search_spaces/staged/layers.hpp"

#include <algorithm>
#include <cmath>

#include "core/architecture/cell_blocks.hpp"
#include "core/architecture/shuffle_unit.hpp"

namespace nas {
namespace {

std::int64_t squeezed(const SqueezeRule& rule, double ratio, std::int64_t channels) {
  if (ratio == 0) return 0;
  const double hidden = std::floor(ratio * static_cast<double>(channels));
  if (rule.divisor > 1) return round_channels(hidden, rule.divisor);
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(hidden));
}

NodeId add_shuffle(Architecture& net, NodeId input, const Layer& layer, bool affine) {
  const std::int64_t half_width = layer.width / 2;
  const auto half = static_cast<double>(half_width);
  return add_shuffle_unit(net, input, layer.name,
                          {.out_channels = layer.width,
                           .branch_channels = std::max<std::int64_t>(
                               1, static_cast<std::int64_t>(std::floor(layer.branch * half))),
                           .kernel = layer.kernel,
                           .stride = layer.stride,
                           .xception = layer.op == BlockOp::shuffle_xception,
                           .style = ShuffleStyle::single_path_one_shot,
                           .affine = affine});
}

NodeId add_convolution(Architecture& net, NodeId input, const Layer& layer,
                       const LayerRules& rules) {
  const std::int64_t in_channels = net.shape(input).channels;
  const NodeId x = add_plain_convolution(net, input, layer.name + ".convolution",
                                         {.out_channels = layer.width,
                                          .kernel = layer.kernel,
                                          .stride = layer.stride,
                                          .groups = layer.groups},
                                         layer.activation, rules.affine);
  const std::int64_t hidden =
      squeezed(rules.squeeze, layer.se, rules.squeeze.of_expanded ? layer.width : in_channels);
  if (hidden == 0) return x;
  return add_squeeze_excitation(net, x, layer.name + ".se", hidden, rules.squeeze.gate);
}

NodeId add_bottleneck(Architecture& net, NodeId input, const Layer& layer,
                      const LayerRules& rules) {
  const std::int64_t expansion = layer.op == BlockOp::separable ? 1 : layer.expansion;
  const std::int64_t in_channels = net.shape(input).channels;
  const std::int64_t squeezed_of =
      rules.squeeze.of_expanded ? in_channels * expansion : in_channels;
  return add_inverted_bottleneck(net, input, layer.name,
                                 {.out_channels = layer.width,
                                  .expansion = expansion,
                                  .kernel = layer.kernel,
                                  .stride = layer.stride,
                                  .activation = layer.activation,
                                  .se_hidden = squeezed(rules.squeeze, layer.se, squeezed_of),
                                  .se_gate = rules.squeeze.gate,
                                  .residual = false});
}

NodeId add_skip(Architecture& net, NodeId input, NodeId x, const Layer& layer) {
  NodeId beside = input;
  if (layer.skip == Skip::none || net.shape(input).channels != net.shape(x).channels) return x;
  if (layer.skip == Skip::pool) {
    constexpr std::int64_t window = 3;
    beside = net.add(average_pool(window, layer.stride), {input}, layer.name + ".pool");
  }
  if (net.shape(beside) != net.shape(x)) return x;
  return net.add(Op(OpKind::add), {beside, x}, layer.name + ".add");
}

}  // namespace

NodeId add_plain_convolution(Architecture& net, NodeId input, const std::string& name,
                             const ConvolutionSettings& settings, OpKind activation, bool affine) {
  const NodeId x = add_convolution_norm(net, input, name, settings, affine);
  return net.add(Op(activation), {x}, name + ".activation");
}

NodeId add_layer(Architecture& net, NodeId input, const Layer& layer, const LayerRules& rules) {
  switch (layer.op) {
    case BlockOp::identity:
      return input;
    case BlockOp::shuffle:
    case BlockOp::shuffle_xception:
      return add_shuffle(net, input, layer, rules.affine);
    case BlockOp::convolution:
      return add_skip(net, input, add_convolution(net, input, layer, rules), layer);
    case BlockOp::separable:
    case BlockOp::inverted_bottleneck:
      break;
  }
  return add_skip(net, input, add_bottleneck(net, input, layer, rules), layer);
}

}  // namespace nas
