// Graphs for ONNX. That they compute what the engine does is compared in tests/peers/onnx.

#include <algorithm>

#include <catch2/catch.hpp>

#include "core/architecture/blocks.hpp"
#include "results/onnx/model_file.hpp"
#include "results/onnx/network.hpp"
#include "tests/base/rejection.hpp"
#include "tests/engine/op_cases.hpp"

namespace nas::onnx_export {
namespace {

ParameterStore prepared(const Architecture& net) {
  ParameterStore store;
  store.prepare(net, 1);
  return store;
}

Graph graph_of(const Architecture& net, NetworkSettings settings = {}) {
  return to_onnx(net, prepared(net), settings);
}

std::vector<std::string> ops_of(const Graph& graph) {
  std::vector<std::string> ops;
  for (const Node& node : graph.nodes) ops.push_back(node.op);
  return ops;
}

std::vector<std::string> tensors_of(const Graph& graph) {
  std::vector<std::string> names;
  for (const Tensor& tensor : graph.initializers) names.push_back(tensor.name);
  return names;
}

const std::vector<float>& floats_of(const Graph& graph, const std::string& name) {
  const auto tensor = std::ranges::find(graph.initializers, name, &Tensor::name);
  REQUIRE(tensor != graph.initializers.end());
  return std::get<std::vector<float>>(tensor->values);
}

Architecture small_network() {
  Architecture net;
  NodeId x = net.add(input_op({2, 8, 8}), {}, "image");
  x = add_convolution_block(net, x, "stem", {.out_channels = 4, .kernel = 3}, {});
  add_classifier(net, x, 3);
  return net;
}

TEST_CASE("a graph has the names of the architecture, and shapes without the batch") {
  const Graph graph = graph_of(small_network(), {.name = "small"});
  CHECK(graph.name == "small");
  REQUIRE(graph.inputs.size() == 1);
  CHECK(graph.inputs[0].name == "image");
  CHECK(graph.inputs[0].shape == Extents{2, 8, 8});
  REQUIRE(graph.outputs.size() == 1);
  CHECK(graph.outputs[0].name == "classifier");
  CHECK(graph.outputs[0].shape == Extents{3});
  CHECK(ops_of(graph) == std::vector<std::string>{"Conv", "BatchNormalization", "Relu",
                                                  "GlobalAveragePool", "Flatten", "Gemm"});
  CHECK(tensors_of(graph) == std::vector<std::string>{"stem.weight", "stem.norm.scale",
                                                      "stem.norm.shift", "stem.norm.running_mean",
                                                      "stem.norm.running_variance",
                                                      "classifier.weight", "classifier.bias"});
}

TEST_CASE("a folded batch norm is in the weights and the bias of its layer") {
  const Architecture net = small_network();
  ParameterStore store = prepared(net);
  store.at("stem.norm.scale").value.values()[1] = 3;
  store.at("stem.norm.shift").value.values()[1] = 0.5F;
  store.at("stem.norm.running_mean").value.values()[1] = 2;
  store.at("stem.norm.running_variance").value.values()[1] = 4 - 1e-5F;
  const Graph graph = to_onnx(net, store, {.fold_batch_norm = true});
  CHECK(ops_of(graph) ==
        std::vector<std::string>{"Conv", "Relu", "GlobalAveragePool", "Flatten", "Gemm"});
  const auto plain = store.at("stem.weight").value.values();
  const std::vector<float> folded = floats_of(graph, "stem.weight");
  CHECK_THAT(folded[18], Catch::WithinRel(1.5F * plain[18], 1e-5F));
  CHECK_THAT(floats_of(graph, "stem.bias")[1], Catch::WithinRel(0.5F - 1.5F * 2, 1e-5F));
}

TEST_CASE("a batch norm stays where something else reads its layer, or no layer is before it") {
  Architecture net;
  const NodeId image = net.add(input_op({2, 4, 4}), {}, "image");
  const NodeId first = net.add(Op(OpKind::batch_norm), {image}, "first");
  const NodeId layer = net.add(convolution({.out_channels = 2}), {first}, "layer");
  const NodeId norm = net.add(Op(OpKind::batch_norm), {layer}, "norm");
  net.mark_output(net.add(Op(OpKind::add), {layer, norm}, "sum"));
  CHECK(std::ranges::count(ops_of(graph_of(net, {.fold_batch_norm = true})),
                           "BatchNormalization") == 2);
}

TEST_CASE("a network that normalises its input begins with that") {
  const Graph graph = graph_of(small_network(), {.mean = {3, 4}, .deviation = {5, 6}});
  CHECK(graph.nodes[0].op == "Sub");
  CHECK(graph.nodes[1].op == "Div");
  CHECK(floats_of(graph, "image/mean") == std::vector<float>{3, 4});
  CHECK(floats_of(graph, "image/deviation") == std::vector<float>{5, 6});
  const std::string message = rejection(
      ErrorKind::space, [] { graph_of(small_network(), {.mean = {3}, .deviation = {5}}); });
  CHECK(message == "input 'image' has 2 channels, and there are 1 means and 1 deviations");
}

TEST_CASE("a weight that layers share is there once") {
  Architecture net;
  const NodeId image = net.add(input_op({2, 4, 4}), {}, "image");
  const NodeId first = net.add(convolution({.out_channels = 2}), {image}, "first");
  const NodeId second = net.add(convolution({.out_channels = 2}), {first}, "second");
  net.refer(second, "weight", {"first.weight", {2, 2, 1, 1}, {}});
  net.mark_output(second);
  CHECK(tensors_of(graph_of(net)) == std::vector<std::string>{"first.weight"});
}

TEST_CASE("zeros vanish from sums, and with them what only they need") {
  Architecture net;
  const NodeId image = net.add(input_op({2, 4, 4}), {}, "image");
  const NodeId layer = net.add(convolution({.out_channels = 2}), {image}, "layer");
  const NodeId zero = net.add(Op(OpKind::zero), {layer}, "zero");
  const NodeId relu = net.add(Op(OpKind::relu), {image}, "relu");
  net.mark_output(net.add(Op(OpKind::add), {relu, zero}, "sum"));
  const Graph graph = graph_of(net);
  CHECK(ops_of(graph) == std::vector<std::string>{"Relu"});
  CHECK(graph.outputs[0].name == "sum");
  CHECK(graph.initializers.empty());
}

TEST_CASE("an output that is the input, and one that is there twice, have names of their own") {
  Architecture net;
  const NodeId image = net.add(input_op({2, 1, 1}), {}, "image");
  const NodeId relu = net.add(Op(OpKind::relu), {image}, "relu");
  net.mark_output(image);
  net.mark_output(relu);
  net.mark_output(net.add(Op(OpKind::identity), {relu}, "again"));
  const Graph graph = graph_of(net);
  std::vector<std::string> names;
  for (const ValueInfo& output : graph.outputs) names.push_back(output.name);
  CHECK(names == std::vector<std::string>{"image_2", "relu", "again"});
  CHECK_NOTHROW(serialised(graph, {}));
}

TEST_CASE("every op passes ONNX' own checks, folded or not") {
  for (const Shape& shape : {Shape{1, 5, 4}, Shape{6, 7, 6}, Shape{4, 1, 1}}) {
    for (const test::OpCase& each : test::op_cases(shape)) {
      CAPTURE(each.name, shape.text());
      Architecture net;
      const NodeId image = net.add(input_op({3, shape.height, shape.width}), {}, "image");
      const NodeId stem = net.add(convolution({.out_channels = shape.channels}), {image}, "stem");
      net.mark_output(each.add(net, stem, image));
      CHECK_NOTHROW(serialised(graph_of(net), {}));
      CHECK_NOTHROW(serialised(graph_of(net, {.fold_batch_norm = true}), {}));
    }
  }
}

TEST_CASE("the same network gives the same bytes") {
  const ModelNotes notes{.metadata = {{"run", "a"}, {"trial", "3"}}};
  CHECK(serialised(graph_of(small_network()), notes) ==
        serialised(graph_of(small_network()), notes));
}

TEST_CASE("a graph that is wrong does not become a file") {
  Graph unknown = graph_of(small_network());
  unknown.nodes[2].op = "Rleu";
  CHECK_THAT(rejection(ErrorKind::internal, [&] { serialised(unknown, {}); }),
             Catch::Contains("Rleu"));
  Graph other_shape = graph_of(small_network());
  other_shape.outputs[0].shape = {4};
  rejection(ErrorKind::internal, [&] { serialised(other_shape, {}); });
  Graph missing = graph_of(small_network());
  missing.initializers.pop_back();
  rejection(ErrorKind::internal, [&] { serialised(missing, {}); });
}

TEST_CASE("a store that lacks a parameter is refused") {
  CHECK_THAT(rejection(ErrorKind::space, [] { to_onnx(small_network(), ParameterStore(), {}); }),
             Catch::Contains("stem.weight"));
}

}  // namespace
}  // namespace nas::onnx_export
