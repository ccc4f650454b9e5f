#include "core/architecture/mcunet_memory.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "tests/architecture/networks.hpp"

namespace nas {
namespace {

/// Sandler et al. 2018, table 2, with all widths times `multiplier`; the head is not made smaller.
Architecture mobilenet_v2(double multiplier, std::int64_t resolution) {
  MobileNet net{.input = {3, resolution, resolution}, .stages = {}};
  const auto scaled = [&](std::int64_t width) {
    return round_channels(multiplier * static_cast<double>(width));
  };
  net.stem = scaled(32);
  net.stages = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
  for (Stage& stage : net.stages) stage.channels = scaled(stage.channels);
  return build(net);
}

TEST_CASE("MobileNetV2 has the peaks that MCUNet's model gives") {
  // 48 x 72 x 72 + 48 x 36 x 36: the first strided block's depthwise convolution.
  CHECK(mcunet_peak_elements(mobilenet_v2(0.35, 144)) == 311'040);
  CHECK(mcunet_peak_elements(mobilenet_v2(1.0, 224)) == 1'505'280);
  CHECK(cost(mobilenet_v2(0.35, 144)).ram_mcunet == 311'040);
}

/// One bottleneck of 8 channels at 4x4 that expands to 24.
Architecture bottleneck(InvertedBottleneck settings) {
  Architecture net;
  const NodeId x = net.add(input_op({8, 4, 4}), {});
  settings.expansion = 3;
  net.mark_output(add_inverted_bottleneck(net, x, "b", settings));
  return net;
}

TEST_CASE("a bottleneck's input waits for the depthwise convolution where there is a shortcut") {
  CHECK(mcunet_peak_elements(bottleneck({.out_channels = 8})) == (24 + 24 + 8) * 16);
  CHECK(mcunet_peak_elements(bottleneck({.out_channels = 8, .residual = false})) == (24 + 24) * 16);
  CHECK(mcunet_peak_elements(bottleneck({.out_channels = 16})) == (24 + 24) * 16);
}

TEST_CASE("squeeze-and-excitation does not hide a bottleneck's shortcut") {
  CHECK(mcunet_peak_elements(bottleneck({.out_channels = 8, .se_hidden = 2})) ==
        (24 + 24 + 8) * 16);
}

TEST_CASE("the shortcut does not wait for the projection, which the lifetimes say it does") {
  // Expansion and depthwise convolution with stride 1 and a projection to as many channels: in
  // 1x1 convolutions alone nothing waits.
  Architecture net;
  const NodeId x = net.add(input_op({8, 4, 4}), {});
  const NodeId y = net.add(convolution({.out_channels = 8}), {x});
  const NodeId z = net.add(convolution({.out_channels = 8}), {y});
  net.mark_output(net.add(Op(OpKind::add), {x, z}));
  CHECK(mcunet_peak_elements(net) == 2 * 8 * 16);
  CHECK(cost(net).ram_int8 == 3 * 8 * 16);
}

TEST_CASE("a sum of two branches from one place is no shortcut, unless one is an identity") {
  const auto sum = [](OpKind kind) {
    Architecture net;
    const NodeId x = net.add(input_op({8, 4, 4}), {});
    const NodeId a = net.add(convolution({.out_channels = 8, .kernel = 3, .groups = 8}), {x});
    const NodeId b = net.add(Op(kind), {x});
    net.mark_output(net.add(Op(OpKind::add), {a, b}));
    return mcunet_peak_elements(net);
  };
  CHECK(sum(OpKind::relu) == 2 * 8 * 16);
  CHECK(sum(OpKind::identity) == 3 * 8 * 16);
}

TEST_CASE("a network without convolutions needs nothing in MCUNet's model") {
  Architecture net;
  const NodeId x = net.add(input_op({8, 4, 4}), {});
  net.mark_output(net.add(Op(OpKind::global_average_pool), {x}));
  CHECK(mcunet_peak_elements(net) == 0);
}

}  // namespace
}  // namespace nas
