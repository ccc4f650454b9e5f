#include "search_spaces/anynet_network.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/architecture/blocks.hpp"

namespace nas {
namespace {

/// numpy's and Python's rounding.
std::int64_t round_half_even(double value) {
  return static_cast<std::int64_t>(std::nearbyint(value));
}

/// Adds the input, projected where the shape changes, and ReLU.
NodeId add_residual(Architecture& net, NodeId input, NodeId x, const std::string& name,
                    std::int64_t stride) {
  const std::int64_t width = net.shape(x).channels;
  NodeId residual = input;
  if (stride != 1 || net.shape(input).channels != width) {
    residual = add_convolution_block(net, input, name + ".projection",
                                     {.out_channels = width, .stride = stride}, {.present = false});
  }
  x = net.add(Op(OpKind::add), {residual, x}, name + ".add");
  return net.add(Op(OpKind::relu), {x}, name + ".activation");
}

NodeId add_bottleneck(Architecture& net, NodeId input, const std::string& name,
                      const AnyNetStage& stage, std::int64_t stride, std::int64_t se_divisor) {
  const std::int64_t inside = stage.width / stage.bottleneck;
  NodeId x = add_convolution_block(net, input, name + ".a", {.out_channels = inside}, {});
  x = add_convolution_block(
      net, x, name + ".b",
      {.out_channels = inside, .kernel = 3, .stride = stride, .groups = inside / stage.group_width},
      {});
  if (se_divisor > 0) {
    const auto share =
        static_cast<double>(net.shape(input).channels) / static_cast<double>(se_divisor);
    x = add_squeeze_excitation(net, x, name + ".se",
                               std::max<std::int64_t>(1, round_half_even(share)), OpKind::sigmoid);
  }
  x = add_convolution_block(net, x, name + ".c", {.out_channels = stage.width}, {.present = false});
  return add_residual(net, input, x, name, stride);
}

NodeId add_two_convolutions(Architecture& net, NodeId input, const std::string& name,
                            std::int64_t width, std::int64_t stride, bool residual) {
  NodeId x = add_convolution_block(net, input, name + ".a",
                                   {.out_channels = width, .kernel = 3, .stride = stride}, {});
  x = add_convolution_block(net, x, name + ".b", {.out_channels = width, .kernel = 3},
                            {.present = !residual});
  return residual ? add_residual(net, input, x, name, stride) : x;
}

}  // namespace

AnyNetStage with_compatible_groups(AnyNetStage stage) {
  const std::int64_t inside = std::max<std::int64_t>(1, stage.width / stage.bottleneck);
  stage.group_width = std::min(stage.group_width, inside);
  const std::int64_t groups =
      round_half_even(static_cast<double>(inside) / static_cast<double>(stage.group_width));
  stage.width = std::max<std::int64_t>(1, groups) * stage.group_width * stage.bottleneck;
  return stage;
}

Architecture build_anynet(const AnyNetNetwork& network, const Task& task) {
  Architecture net;
  NodeId x = net.add(input_op(task.input), {}, "image");
  x = add_convolution_block(
      net, x, "stem",
      {.out_channels = network.stem_width, .kernel = 3, .stride = network.stem_stride}, {});
  for (std::size_t s = 0; s < network.stages.size(); ++s) {
    const AnyNetStage& stage = network.stages[s];
    for (std::int64_t block = 0; block < stage.depth; ++block) {
      const std::string name =
          fmt::format("stage{}.block{}.w{}b{}g{}from{}", s + 1, block + 1, stage.width,
                      stage.bottleneck, stage.group_width, net.shape(x).channels);
      const std::int64_t stride = block > 0 ? 1 : s == 0 ? network.first_stride : 2;
      x = network.block == AnyNetBlock::bottleneck
              ? add_bottleneck(net, x, name, stage, stride, network.se_divisor)
              : add_two_convolutions(net, x, name, stage.width, stride,
                                     network.block == AnyNetBlock::basic);
    }
  }
  const std::int64_t width = net.shape(x).channels;
  x = net.add(Op(OpKind::global_average_pool), {x}, "pool");
  x = net.add(linear(task.classes), {x}, fmt::format("classifier.w{}", width));
  net.mark_output(x);
  return net;
}

std::int64_t total_stride(const AnyNetNetwork& network) {
  std::int64_t stride = network.stem_stride * network.first_stride;
  for (std::size_t s = 1; s < network.stages.size(); ++s) stride *= 2;
  return stride;
}

std::int64_t convolution_activations(const Architecture& architecture) {
  std::int64_t values = 0;
  for (NodeId node = 0; node < architecture.size(); ++node) {
    if (architecture.op(node).kind() == OpKind::convolution) {
      values += architecture.shape(node).elements();
    }
  }
  return values;
}

}  // namespace nas
