#include "core/architecture/resolution.hpp"

#include <catch2/catch.hpp>

#include "core/architecture/blocks.hpp"
#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

Architecture staged_network() {
  Architecture net;
  NodeId x = net.add(input_op({3, 32, 24}), {}, "image");
  x = add_convolution_block(net, x, "stem", {.out_channels = 8, .kernel = 3, .stride = 2}, {});
  x = add_inverted_bottleneck(net, x, "block", {.out_channels = 12, .expansion = 2, .stride = 2});
  add_classifier(net, x, 10);
  return net;
}

}  // namespace

TEST_CASE("at a share of the resolution a network has smaller activations and the same weights") {
  const Architecture net = staged_network();
  const Architecture half = at_resolution(net, 0.5);
  CHECK(half.shape(half.input_nodes().front()) == Shape{3, 16, 12});
  REQUIRE(half.size() == net.size());
  REQUIRE(half.outputs() == net.outputs());
  for (NodeId node = 0; node < net.size(); ++node) {
    CHECK(half.name(node) == net.name(node));
    CHECK(half.inputs(node) == net.inputs(node));
    CHECK(half.shape(node).channels == net.shape(node).channels);
    for (const ParameterSpec& spec : net.parameters(node)) {
      CHECK(half.reference(node, spec.suffix) == net.reference(node, spec.suffix));
    }
  }
  CHECK(cost(half).params == cost(net).params);
  CHECK(cost(half).macs * 3 < cost(net).macs);
  CHECK(at_resolution(net, 1) == net);
}

TEST_CASE("sides are rounded, and never less than a pixel") {
  CHECK(at_resolution(Shape{1, 28, 28}, 1.0 / 3) == Shape{1, 9, 9});
  CHECK(at_resolution(Shape{3, 32, 24}, 0.5) == Shape{3, 16, 12});
  CHECK(at_resolution(Shape{1, 28, 28}, 0.001) == Shape{1, 1, 1});
}

TEST_CASE("references to stored tensors stay") {
  Architecture net = staged_network();
  const NodeId stem = 1;
  ParameterReference reference = net.reference(stem, "weight");
  reference.name = "shared.weight";
  net.refer(stem, "weight", reference);
  CHECK(at_resolution(net, 0.5).reference(stem, "weight").name == "shared.weight");
}

TEST_CASE("what fits one size alone is refused by name") {
  Architecture net;
  const NodeId image = net.add(input_op({1, 8, 8}), {}, "image");
  const NodeId small =
      net.add(Op(OpKind::upsample).set("height", 8).set("width", 8), {image}, "same size");
  net.mark_output(net.add(Op(OpKind::add), {image, small}, "sum"));
  CHECK_THROWS_WITH(at_resolution(net, 0.5), Contains("'sum'"));
}
