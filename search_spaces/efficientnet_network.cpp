#include "search_spaces/efficientnet_network.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/architecture/blocks.hpp"

namespace nas {
namespace {

constexpr double norm_epsilon = 1e-3;
constexpr double norm_momentum = 0.01;  ///< share of the new value: TensorFlow's 0.99 of the old
constexpr std::int64_t se_divisor = 4;  ///< of a block's input channels
constexpr std::int64_t stem_kernel = 3;

/// Convolution, batch norm, swish unless `linear`.
NodeId add_layer(Architecture& net, NodeId input, const std::string& name,
                 const ConvolutionSettings& settings, bool linear = false) {
  NodeId x = net.add(convolution(settings), {input}, name);
  x = net.add(Op(OpKind::batch_norm).set("epsilon", norm_epsilon).set("momentum", norm_momentum),
              {x}, name + ".norm");
  return linear ? x : net.add(Op(OpKind::swish), {x}, name + ".activation");
}

/// As in blocks.hpp, with swish between the layers.
NodeId add_excitation(Architecture& net, NodeId input, const std::string& name,
                      std::int64_t hidden) {
  NodeId s = net.add(Op(OpKind::global_average_pool), {input}, name + ".pool");
  s = net.add(convolution({.out_channels = hidden, .bias = true}), {s}, name + ".reduce");
  s = net.add(Op(OpKind::swish), {s}, name + ".activation");
  s = net.add(convolution({.out_channels = net.shape(input).channels, .bias = true}), {s},
              name + ".expand");
  s = net.add(Op(OpKind::sigmoid), {s}, name + ".gate");
  return net.add(Op(OpKind::scale), {input, s}, name + ".scale");
}

struct Block {
  std::int64_t channels;
  std::int64_t expansion;
  std::int64_t kernel;
  std::int64_t stride;
  double drop;  ///< probability that the block is left out, where it has a residual
};

NodeId add_block(Architecture& net, NodeId input, const std::string& name, const Block& block) {
  const std::int64_t in_channels = net.shape(input).channels;
  const std::int64_t inside = in_channels * block.expansion;
  NodeId x = input;
  if (block.expansion != 1) x = add_layer(net, x, name + ".expand", {.out_channels = inside});
  x = add_layer(
      net, x, name + ".depthwise",
      {.out_channels = inside, .kernel = block.kernel, .stride = block.stride, .groups = inside});
  x = add_excitation(net, x, name + ".se", std::max<std::int64_t>(1, in_channels / se_divisor));
  x = add_layer(net, x, name + ".project", {.out_channels = block.channels}, true);
  if (net.shape(x) != net.shape(input)) return x;
  if (block.drop > 0) {
    x = net.add(Op(OpKind::drop_path).set("p", block.drop), {x}, name + ".drop");
  }
  return net.add(Op(OpKind::add), {input, x}, name + ".add");
}

}  // namespace

std::int64_t EfficientNetBaseline::total_stride() const {
  std::int64_t stride = stem_stride;
  for (const EfficientNetStage& stage : stages) stride *= stage.stride;
  return stride;
}

EfficientNetBaseline efficientnet_b0() {
  return {.stem_channels = 32,
          .stem_stride = 2,
          .stages = {{1, 3, 16, 1, 1},
                     {6, 3, 24, 2, 2},
                     {6, 5, 40, 2, 2},
                     {6, 3, 80, 3, 2},
                     {6, 5, 112, 3, 1},
                     {6, 5, 192, 4, 2},
                     {6, 3, 320, 1, 1}},
          .head_channels = 1280};
}

EfficientNetBaseline small_efficientnet() {
  return {.stem_channels = 16,
          .stem_stride = 1,
          .stages = {{1, 3, 8, 1, 1}, {6, 3, 16, 2, 2}, {6, 5, 24, 2, 2}, {6, 3, 40, 1, 1}},
          .head_channels = 160};
}

Architecture build_efficientnet(const EfficientNetBaseline& baseline,
                                const EfficientNetScaling& scaling, const Task& task) {
  const auto channels = [&](std::int64_t count) {
    return round_channels(static_cast<double>(count) * scaling.width);
  };
  const auto layers = [&](std::int64_t count) {
    return static_cast<std::int64_t>(std::ceil(static_cast<double>(count) * scaling.depth));
  };
  std::int64_t blocks = 0, block = 0;
  for (const EfficientNetStage& stage : baseline.stages) blocks += layers(stage.layers);

  Architecture net;
  NodeId x = net.add(input_op(task.input), {}, "image");
  const std::int64_t stem = channels(baseline.stem_channels);
  x = add_layer(net, x, fmt::format("stem.c{}", stem),
                {.out_channels = stem, .kernel = stem_kernel, .stride = baseline.stem_stride});
  for (std::size_t s = 0; s < baseline.stages.size(); ++s) {
    const EfficientNetStage& stage = baseline.stages[s];
    for (std::int64_t layer = 0; layer < layers(stage.layers); ++layer, ++block) {
      const std::int64_t out = channels(stage.channels);
      const std::string name =
          fmt::format("stage{}.layer{}.c{}to{}", s + 1, layer + 1, net.shape(x).channels, out);
      x = add_block(net, x, name,
                    {.channels = out,
                     .expansion = stage.expansion,
                     .kernel = stage.kernel,
                     .stride = layer == 0 ? stage.stride : 1,
                     .drop = scaling.drop_connect * static_cast<double>(block) /
                             static_cast<double>(blocks)});
    }
  }
  const std::int64_t head = channels(baseline.head_channels);
  x = add_layer(net, x, fmt::format("head.c{}to{}", net.shape(x).channels, head),
                {.out_channels = head});
  x = net.add(Op(OpKind::global_average_pool), {x}, "pool");
  if (scaling.dropout > 0)
    x = net.add(Op(OpKind::dropout).set("p", scaling.dropout), {x}, "dropout");
  net.mark_output(net.add(linear(task.classes), {x}, fmt::format("classifier.c{}", head)));
  return net;
}

}  // namespace nas
