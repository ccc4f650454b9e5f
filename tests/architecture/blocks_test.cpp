#include "core/architecture/blocks.hpp"

#include <catch2/catch.hpp>

namespace nas {
namespace {

std::vector<std::string> names(const Architecture& net) {
  std::vector<std::string> result;
  for (NodeId node = 0; node < net.size(); ++node) result.push_back(net.name(node));
  return result;
}
using Names = std::vector<std::string>;

TEST_CASE("channels round to the nearest multiple and never far down") {
  CHECK(round_channels(32) == 32);
  CHECK(round_channels(33) == 32);
  CHECK(round_channels(36) == 40);
  CHECK(round_channels(3) == 8);
  CHECK(round_channels(11) == 16);  // 8 would be less than 90 %
  CHECK(round_channels(16 * 0.35) == 8);
  CHECK(round_channels(1280 * 1.4) == 1792);
  CHECK(round_channels(10, 4) == 12);
  CHECK(round_channels(9, 1) == 9);
}

TEST_CASE("a convolution keeps the resolution at stride 1") {
  for (const std::int64_t kernel : {1, 3, 5, 7}) {
    for (const std::int64_t dilation : {1, 2}) {
      Architecture net;
      const NodeId x = net.add(input_op({2, 16, 12}), {});
      const NodeId y =
          net.add(convolution({.out_channels = 2, .kernel = kernel, .dilation = dilation}), {x});
      CHECK(net.shape(y) == net.shape(x));
    }
  }
}

TEST_CASE("a convolution block is convolution, norm and activation") {
  Architecture net;
  const NodeId x = net.add(input_op({2, 4, 4}), {}, "x");
  const NodeId y =
      add_convolution_block(net, x, "stem", {.out_channels = 4}, {.kind = OpKind::h_swish});
  CHECK(names(net) == Names{"x", "stem", "stem.norm", "stem.activation"});
  CHECK(net.op(y).kind() == OpKind::h_swish);
  const NodeId z = add_convolution_block(net, y, "plain", {.out_channels = 4}, {.present = false});
  CHECK(net.name(z) == "plain.norm");
}

TEST_CASE("squeeze-and-excitation scales its input by what it sees of all of it") {
  Architecture net;
  const NodeId x = net.add(input_op({8, 4, 4}), {}, "x");
  const NodeId y = add_squeeze_excitation(net, x, "se", 2, OpKind::h_sigmoid);
  CHECK(names(net) ==
        Names{"x", "se.pool", "se.reduce", "se.activation", "se.expand", "se.gate", "se.scale"});
  CHECK(net.shape(y) == Shape{8, 4, 4});
  CHECK(net.inputs(y) == std::vector<NodeId>{x, y - 1});
  CHECK(net.op(y - 1).kind() == OpKind::h_sigmoid);
  CHECK(net.shape(2) == Shape{2});
  CHECK(net.parameters(2).size() == 2);
}

TEST_CASE("an inverted bottleneck expands, filters, projects and adds its input") {
  Architecture net;
  const NodeId x = net.add(input_op({8, 4, 4}), {}, "x");
  const NodeId y =
      add_inverted_bottleneck(net, x, "b", {.out_channels = 8, .expansion = 3, .se_hidden = 2});
  CHECK(names(net) == Names{"x", "b.expand", "b.expand.norm", "b.expand.activation", "b.depthwise",
                            "b.depthwise.norm", "b.depthwise.activation", "b.se.pool",
                            "b.se.reduce", "b.se.activation", "b.se.expand", "b.se.gate",
                            "b.se.scale", "b.project", "b.project.norm", "b.add"});
  CHECK(net.op(4).integer("groups") == 24);
  CHECK(net.shape(6) == Shape{24, 4, 4});
  CHECK(net.inputs(y)[0] == x);
}

/// The names of the nodes after the input of shape 8x4x4.
Names bottleneck(const InvertedBottleneck& block) {
  Architecture net;
  add_inverted_bottleneck(net, net.add(input_op({8, 4, 4}), {}, "x"), "b", block);
  Names result = names(net);
  result.erase(result.begin());
  return result;
}

TEST_CASE("an inverted bottleneck has no expansion at 1") {
  CHECK(bottleneck({.out_channels = 8}).front() == "b.depthwise");
}

TEST_CASE("an inverted bottleneck has a residual only where asked for and possible") {
  CHECK(bottleneck({.out_channels = 8}).back() == "b.add");
  CHECK(bottleneck({.out_channels = 8, .residual = false}).back() == "b.project.norm");
  CHECK(bottleneck({.out_channels = 16}).back() == "b.project.norm");
  CHECK(bottleneck({.out_channels = 8, .stride = 2}).back() == "b.project.norm");
}

TEST_CASE("a classifier marks its logits as the output") {
  Architecture net;
  const NodeId x = net.add(input_op({8, 4, 4}), {}, "x");
  const NodeId logits = add_classifier(net, x, 10);
  CHECK(names(net) == Names{"x", "pool", "classifier"});
  CHECK(net.outputs() == std::vector<NodeId>{logits});
  CHECK(net.shape(logits) == Shape{10});
  CHECK(net.parameters(logits).size() == 2);
}

}  // namespace
}  // namespace nas
