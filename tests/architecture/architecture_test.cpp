#include "core/architecture/architecture.hpp"

#include <catch2/catch.hpp>

#include "core/architecture/blocks.hpp"
#include "tests/architecture/networks.hpp"
#include "tests/base/rejection.hpp"

namespace nas {
namespace {

using Ids = std::vector<NodeId>;

TEST_CASE("nodes have ids in the order in which they are added, and names") {
  Architecture net;
  const NodeId image = net.add(input_op({3, 8, 6}), {}, "image");
  const NodeId stem = net.add(convolution({.out_channels = 4, .stride = 2}), {image}, "stem");
  const NodeId sum = net.add(Op(OpKind::add), {stem, stem});
  net.mark_output(sum);
  net.mark_output(stem);
  CHECK(Ids{image, stem, sum} == Ids{0, 1, 2});
  CHECK(net.size() == 3);
  CHECK(net.name(stem) == "stem");
  CHECK(net.name(sum) == "add_2");
  CHECK(net.op(sum) == Op(OpKind::add));
  CHECK(net.shape(stem) == Shape{4, 4, 3});
  CHECK(net.inputs(sum) == Ids{stem, stem});
  CHECK(net.input_shapes(sum) == std::vector<Shape>{{4, 4, 3}, {4, 4, 3}});
  CHECK(net.outputs() == Ids{sum, stem});
  CHECK(net.input_nodes() == Ids{image});
  CHECK(net.parameters(stem)[0].shape == std::vector<std::int64_t>{4, 3, 1, 1});
}

TEST_CASE("consumers are in the order of their ids, twice where they read twice") {
  Architecture net;
  const NodeId x = net.add(input_op({4}), {});
  const NodeId y = net.add(input_op({4}), {});
  const NodeId sum = net.add(Op(OpKind::add), {x, y, x});
  const NodeId relu = net.add(Op(OpKind::relu), {x});
  CHECK(net.consumers(x) == Ids{sum, sum, relu});
  CHECK(net.consumers(y) == Ids{sum});
  CHECK(net.consumers(relu).empty());
  CHECK(net.input_nodes() == Ids{x, y});
}

TEST_CASE("a copy is deep and equal") {
  Random random(1);
  const Architecture net = random_network(20, random);
  Architecture copy = net;
  CHECK(copy == net);
  for (NodeId node = 0; node < net.size(); ++node) {
    CHECK(copy.consumers(node) == net.consumers(node));
  }
  copy.add(Op(OpKind::relu), {0});
  CHECK(net.size() == 20);
  CHECK_FALSE(copy == net);
  copy = net;
  CHECK(copy == net);
  const Architecture moved = std::move(copy);
  CHECK(moved == net);
}

TEST_CASE("architectures differ by op, name, inputs and outputs") {
  const auto make = [](OpKind kind, const char* name, NodeId input, NodeId output) {
    Architecture net;
    net.add(input_op({4}), {});
    net.add(Op(OpKind::relu), {0});
    net.add(Op(kind), {input}, name);
    net.mark_output(output);
    return net;
  };
  const Architecture net = make(OpKind::relu, "a", 1, 2);
  CHECK(net == make(OpKind::relu, "a", 1, 2));
  CHECK_FALSE(net == make(OpKind::relu6, "a", 1, 2));
  CHECK_FALSE(net == make(OpKind::relu, "b", 1, 2));
  CHECK_FALSE(net == make(OpKind::relu, "a", 0, 2));
  CHECK_FALSE(net == make(OpKind::relu, "a", 1, 1));
}

TEST_CASE("a node that does not fit is rejected and changes nothing") {
  Architecture net;
  const NodeId x = net.add(input_op({4}), {}, "x");
  const auto why = [&](Op op, Ids inputs, const char* name) {
    return rejection(ErrorKind::space, [&] { net.add(op, inputs, name); });
  };
  CHECK(why(Op(OpKind::relu), {x}, "x") == "node 'x' (relu): the name is already taken");
  CHECK(why(Op(OpKind::relu), {1}, "y") ==
        "node 'y' (relu): input '1' is no node, there are 1 so far");
  CHECK(why(Op(OpKind::relu), {}, "") == "node 'relu_1' (relu): 'relu' takes 1 input, not 0");
  CHECK(net.size() == 1);
  CHECK(net.consumers(x).empty());
}

TEST_CASE("an output must be a node and is marked once") {
  Architecture net;
  net.mark_output(net.add(input_op({4}), {}, "x"));
  CHECK(rejection(ErrorKind::space, [&] { net.mark_output(1); }) ==
        "output '1' is no node, there are 1");
  CHECK(rejection(ErrorKind::space, [&] { net.mark_output(0); }) ==
        "node 'x': it is marked as an output already");
}

TEST_CASE("asking about a node that does not exist is a defect") {
  const Architecture net;
  for (const auto& ask : std::vector<std::function<void()>>{
           [&] { net.op(0); }, [&] { net.name(0); }, [&] { net.shape(0); }, [&] { net.inputs(0); },
           [&] { net.consumers(0); }, [&] { net.parameters(0); }}) {
    CHECK(rejection(ErrorKind::internal, ask) == "node '0' does not exist: there are 0");
  }
}

TEST_CASE("a complete architecture has inputs, outputs and nothing else") {
  Architecture net;
  const auto why = [&] { return rejection(ErrorKind::space, [&] { check_complete(net); }); };
  CHECK(why() == "the architecture has no input");
  const NodeId x = net.add(input_op({4}), {}, "x");
  CHECK(why() == "the architecture has no output");
  net.mark_output(net.add(Op(OpKind::relu), {x}, "y"));
  check_complete(net);
  const NodeId dead = net.add(Op(OpKind::relu), {x}, "dead");
  CHECK(why() == "node 'dead' (relu): no output needs it");
  net.mark_output(dead);
  check_complete(net);
  net.add(input_op({4}), {}, "unread");
  CHECK(why() == "node 'unread' (input): no output needs it");
}

}  // namespace
}  // namespace nas
