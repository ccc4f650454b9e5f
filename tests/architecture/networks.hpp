/// Networks that several tests use: published ones, whose costs are known, and random ones.
#pragma once

#include <string>
#include <vector>

#include "core/architecture/architecture.hpp"
#include "core/architecture/blocks.hpp"
#include "core/base/random.hpp"

namespace nas {

/// A row of the tables in the MobileNet family's papers.
struct Stage {
  std::int64_t expansion, channels, repeats, stride, kernel = 3;
  bool squeeze_excitation = false;  ///< hidden width a quarter of the block's input
};

struct MobileNet {
  Shape input{3, 224, 224};
  std::int64_t stem = 32, stem_stride = 2, head = 1280, classes = 1000;
  OpKind activation = OpKind::relu6;
  std::vector<Stage> stages;
};

inline NodeId add_stage(Architecture& net, NodeId x, const std::string& name, const Stage& stage,
                        OpKind activation) {
  for (std::int64_t i = 0; i < stage.repeats; ++i) {
    const std::int64_t hidden = stage.squeeze_excitation ? net.shape(x).channels / 4 : 0;
    x = add_inverted_bottleneck(net, x, name + "." + std::to_string(i),
                                {.out_channels = stage.channels,
                                 .expansion = stage.expansion,
                                 .kernel = stage.kernel,
                                 .stride = i == 0 ? stage.stride : 1,
                                 .activation = activation,
                                 .se_hidden = hidden});
  }
  return x;
}

inline Architecture build(const MobileNet& mobile) {
  const Activation activation{.kind = mobile.activation};
  Architecture net;
  NodeId x = net.add(input_op(mobile.input), {}, "image");
  x = add_convolution_block(
      net, x, "stem", {.out_channels = mobile.stem, .kernel = 3, .stride = mobile.stem_stride},
      activation);
  for (std::size_t i = 0; i < mobile.stages.size(); ++i) {
    x = add_stage(net, x, "stage" + std::to_string(i), mobile.stages[i], mobile.activation);
  }
  x = add_convolution_block(net, x, "head", {.out_channels = mobile.head}, activation);
  add_classifier(net, x, mobile.classes);
  return net;
}

/// Sandler et al. 2018, table 2.
inline Architecture mobilenet_v2() {
  return build({.stages = {{1, 16, 1, 1},
                           {6, 24, 2, 2},
                           {6, 32, 3, 2},
                           {6, 64, 4, 2},
                           {6, 96, 3, 1},
                           {6, 160, 3, 2},
                           {6, 320, 1, 1}}});
}

/// A network of ops that all have the shape 4x1x1, so that anything may read anything. Few kinds:
/// two of them are then often equal up to their numbering.
inline Architecture random_network(std::size_t nodes, Random& random) {
  Architecture net;
  net.add(input_op({4}), {});
  while (net.size() < nodes) {
    const auto any = [&] { return random.below(net.size()); };
    switch (random.below(4)) {
      case 0:
        net.add(convolution({.out_channels = 4}), {any()});
        break;
      case 1:
        net.add(Op(OpKind::relu), {any()});
        break;
      case 2:
        net.add(Op(OpKind::add), {any(), any()});
        break;
      default:
        net.add(Op(OpKind::scale), {any(), any()});
    }
  }
  net.mark_output(net.size() - 1);
  return net;
}

/// The same network with other names, another numbering, and the inputs of `add` in another order.
inline Architecture renumbered(const Architecture& net, Random& random) {
  std::vector<NodeId> ids(net.size(), net.size());
  Architecture result;
  const auto is_ready = [&](NodeId node) {
    for (const NodeId input : net.inputs(node)) {
      if (ids[input] == net.size()) return false;
    }
    return ids[node] == net.size();
  };
  while (result.size() < net.size()) {
    std::vector<NodeId> ready;
    for (NodeId node = 0; node < net.size(); ++node) {
      if (is_ready(node)) ready.push_back(node);
    }
    const NodeId node = ready[random.below(ready.size())];
    std::vector<NodeId> inputs;
    for (const NodeId input : net.inputs(node)) inputs.push_back(ids[input]);
    if (net.op(node).row().commutative) random.shuffle(std::span(inputs));
    ids[node] = result.add(net.op(node), inputs, "renamed" + std::to_string(result.size()));
  }
  for (const NodeId output : net.outputs()) result.mark_output(ids[output]);
  return result;
}

}  // namespace nas
