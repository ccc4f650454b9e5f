/// Small networks whose steps are few.
#pragma once

#include "core/architecture/blocks.hpp"

namespace nas::test {

/// A convolution of this width on a 4x8x8 image.
inline Architecture convolution_network(std::int64_t channels) {
  Architecture net;
  const NodeId image = net.add(input_op({4, 8, 8}), {}, "image");
  net.mark_output(net.add(convolution({.out_channels = channels, .kernel = 3}), {image}, "stem"));
  return net;
}

/// Two equal convolutions and a classifier.
inline Architecture deep_network() {
  Architecture net;
  NodeId x = net.add(input_op({4, 8, 8}), {}, "image");
  x = net.add(convolution({.out_channels = 16, .kernel = 3}), {x}, "first");
  x = net.add(convolution({.out_channels = 16, .kernel = 3}), {x}, "second");
  x = net.add(convolution({.out_channels = 16, .kernel = 3}), {x}, "third");
  add_classifier(net, x, 10);
  return net;
}

}  // namespace nas::test
