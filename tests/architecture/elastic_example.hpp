/// A small network whose parameters tests send elsewhere.
#pragma once

#include <vector>

#include "core/architecture/architecture.hpp"
#include "core/architecture/blocks.hpp"

namespace nas {

/// Once-for-All's smallest kernels of the first 4 of 8 channels.
inline const std::vector<View> elastic = {CentreView{5, 5}, TransformView{"7to5"}, CentreView{3, 3},
                                          TransformView{"5to3"}, RangeView{.axis = 0, .count = 4}};

/// An image of four channels, a depthwise convolution "a", a batch norm "norm" and another
/// depthwise convolution "b".
struct Example {
  Architecture net;
  NodeId a, norm, b;

  Example() {
    const NodeId image = net.add(input_op({4, 8, 8}), {}, "image");
    const Op depthwise = convolution({.out_channels = 4, .kernel = 3, .groups = 4});
    a = net.add(depthwise, {image}, "a");
    norm = net.add(Op(OpKind::batch_norm), {a}, "norm");
    b = net.add(depthwise, {norm}, "b");
    net.mark_output(b);
  }
};

/// The same with elastic kernels in "a".
inline Example elastic_example() {
  Example example;
  example.net.refer(example.a, "weight", {"big", {8, 1, 7, 7}, elastic});
  return example;
}

}  // namespace nas
