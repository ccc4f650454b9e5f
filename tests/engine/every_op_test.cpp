// Every op of the table in every place that a network has for it, against the reference network.
#include <set>

#include <catch2/catch.hpp>

#include "tests/engine/op_cases.hpp"
#include "tests/engine/program_checks.hpp"

using namespace nas;
using namespace nas::test;

namespace {

/// One channel, one pixel, blocks of channels that are full and that are not.
Shape any_shape() {
  return GENERATE(Shape{1, 1, 1}, Shape{1, 5, 4}, Shape{3, 7, 6}, Shape{16, 6, 5}, Shape{21, 4, 7},
                  Shape{40, 1, 1});
}

NodeId add_image(Architecture& net, const Shape& shape) {
  return net.add(input_op({3, shape.height, shape.width}), {}, "image");
}

NodeId add_stem_behind(Architecture& net, NodeId image, const Shape& shape) {
  return net.add(convolution({.out_channels = shape.channels}), {image}, "stem");
}

NodeId add_head(Architecture& net, NodeId x, const std::string& name) {
  const NodeId pooled = net.add(Op(OpKind::global_average_pool), {x}, name + ".pool");
  return net.add(linear(3), {pooled}, name);
}

}  // namespace

TEST_CASE("the cases cover every op of the table") {
  std::set<OpKind> seen;
  const Shape shape{4, 6, 6};
  for (const OpCase& each : op_cases(shape)) {
    Architecture net;
    const NodeId image = add_image(net, shape);
    each.add(net, add_stem_behind(net, image, shape), image);
    for (NodeId node = 0; node < net.size(); ++node) seen.insert(net.op(node).kind());
  }
  CHECK(seen.size() == op_table().size());
}

TEST_CASE("every compiled op equals the reference as the network's output") {
  const Shape shape = any_shape();
  for (const OpCase& each : op_cases(shape)) {
    CAPTURE(each.name, shape.text());
    Architecture net;
    const NodeId image = add_image(net, shape);
    net.mark_output(each.add(net, add_stem_behind(net, image, shape), image));
    check_matches_reference(net);
  }
}

TEST_CASE("every compiled op equals the reference on the network's input, plain as it is") {
  const Shape shape = any_shape();
  const Shape of_image{3, shape.height, shape.width};
  for (const OpCase& each : op_cases(of_image)) {
    CAPTURE(each.name, shape.text());
    Architecture net;
    const NodeId image = add_image(net, shape);
    net.mark_output(add_head(net, each.add(net, image, image), "head"));
    check_matches_reference(net);
  }
}

TEST_CASE("every compiled op equals the reference before a convolution that reads its padding") {
  const Shape shape = any_shape();
  for (const OpCase& each : op_cases(shape)) {
    CAPTURE(each.name, shape.text());
    Architecture net;
    const NodeId image = add_image(net, shape);
    const NodeId x = each.add(net, add_stem_behind(net, image, shape), image);
    net.mark_output(net.add(convolution({.out_channels = 7, .kernel = 3}), {x}, "after"));
    check_matches_reference(net);
  }
}

TEST_CASE(
    "every compiled op equals the reference where its input and its value are read elsewhere") {
  const Shape shape = any_shape();
  for (const OpCase& each : op_cases(shape)) {
    CAPTURE(each.name, shape.text());
    Architecture net;
    const NodeId image = add_image(net, shape);
    const NodeId stem = add_stem_behind(net, image, shape);
    const NodeId before = net.add(Op(OpKind::relu6), {stem}, "before");
    const NodeId x = each.add(net, before, image);
    const NodeId first = net.add(Op(OpKind::relu), {x}, "first");
    const NodeId second = net.add(Op(OpKind::h_sigmoid), {x}, "second");
    const NodeId sum = net.add(Op(OpKind::add), {first, x, second}, "sum");
    const NodeId beside = net.add(Op(OpKind::swish), {before}, "beside");
    net.mark_output(net.add(
        Op(OpKind::add), {add_head(net, sum, "head"), add_head(net, beside, "other_head")}, "out"));
    check_matches_reference(net);
  }
}
