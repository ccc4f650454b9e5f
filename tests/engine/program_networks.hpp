/// Networks for tests of compiled programs.
#pragma once

#include <string>
#include <vector>

#include "core/architecture/blocks.hpp"

namespace nas::test {

/// A 1x1 convolution, "stem", leads from the image to `channels`, so that what follows has an input
/// whose gradient matters. Returns the stem's node.
inline NodeId add_stem(Architecture& net, const Shape& shape) {
  const NodeId image = net.add(input_op({3, shape.height, shape.width}), {}, "image");
  return net.add(convolution({.out_channels = shape.channels}), {image}, "stem");
}

/// `op` behind a stem that gives it an input of `shape`.
inline Architecture behind_stem(const Op& op, const Shape& shape) {
  Architecture net;
  const NodeId stem = add_stem(net, shape);
  net.mark_output(net.add(op, {stem}, "op"));
  return net;
}

struct BottleneckNetwork {
  std::int64_t kernel = 3;
  OpKind activation = OpKind::relu6;
  std::int64_t se_hidden = 0;
  OpKind gate = OpKind::sigmoid;
  Shape input = {1, 28, 28};
};

/// Inverted bottlenecks with and without a residual, at several resolutions.
inline Architecture bottleneck_network(const BottleneckNetwork& settings) {
  Architecture net;
  NodeId x = net.add(input_op(settings.input), {}, "image");
  x = add_convolution_block(net, x, "stem", {.out_channels = 16, .kernel = 3},
                            {.kind = settings.activation});
  const struct {
    std::int64_t channels, stride, expansion;
  } blocks[] = {{24, 2, 3}, {24, 1, 3}, {40, 2, 4}, {40, 1, 4}, {64, 1, 4}};
  int index = 0;
  for (const auto& block : blocks) {
    x = add_inverted_bottleneck(net, x, "block" + std::to_string(index++),
                                {.out_channels = block.channels,
                                 .expansion = block.expansion,
                                 .kernel = settings.kernel,
                                 .stride = block.stride,
                                 .activation = settings.activation,
                                 .se_hidden = settings.se_hidden,
                                 .se_gate = settings.gate});
  }
  x = add_convolution_block(net, x, "head", {.out_channels = 128}, {.kind = settings.activation});
  add_classifier(net, x, 10);
  return net;
}

}  // namespace nas::test
