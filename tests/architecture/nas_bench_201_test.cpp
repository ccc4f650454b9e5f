#include "core/architecture/nas_bench_201.hpp"

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "tests/architecture/tasks.hpp"
#include "tests/base/rejection.hpp"

namespace nas {
namespace {

Cost cost_of(const std::string& code) { return cost(nas_bench_201({.code = code}, cifar10)); }

TEST_CASE("the largest and the smallest network cost what the benchmark says") {
  // Its tables: 1.531546 M and 0.073306 M parameters; 220.11969 M and 7.78305 M operations, which
  // count the classifier's ten biases too.
  CHECK(cost_of("333333").params == 1531546);
  CHECK(cost_of("333333").macs == 220119690 - 10);
  CHECK(cost_of("000000").params == 73306);
  CHECK(cost_of("000000").macs == 7783050 - 10);
}

TEST_CASE("only convolutions have parameters, on dead paths too") {
  CHECK(cost_of("111111").params == 73306);
  CHECK(cost_of("444444").params == 73306);
  // A 1x1 convolution and its norm in 5 cells of each of 16, 32 and 64 channels.
  const std::int64_t pointwise = 5 * (16 * 16 + 32 * 32 + 64 * 64 + 2 * (16 + 32 + 64));
  CHECK(cost_of("200000").params == 73306 + pointwise);
  CHECK(cost_of("000002").params == 73306 + pointwise);
}

TEST_CASE("edges lead from and to the nodes that their place in the code says") {
  Architecture net;
  const NodeId x = net.add(input_op({4, 8, 8}), {}, "x");
  const NodeId out = add_nas_bench_201_cell(net, x, "c", "340124");
  const auto name = [&](NodeId node) { return net.name(node); };
  CHECK(name(out) == "c.node3");
  std::vector<std::string> terms;
  for (const NodeId term : net.inputs(out)) terms.push_back(name(term));
  CHECK(terms == std::vector<std::string>{"c.edge03.skip_connect", "c.edge13.nor_conv_1x1.norm",
                                          "c.edge23.avg_pool_3x3"});
  const auto op_at = [&](const std::string& wanted) {
    for (NodeId node = 0; node < net.size(); ++node) {
      if (name(node) == wanted) return net.op(node).kind();
    }
    return OpKind::input;
  };
  CHECK(op_at("c.edge01.nor_conv_3x3") == OpKind::convolution);
  CHECK(op_at("c.edge02.avg_pool_3x3") == OpKind::average_pool);
  CHECK(op_at("c.edge12.none") == OpKind::zero);
  CHECK(op_at("c.edge03.skip_connect") == OpKind::identity);
  CHECK(op_at("c.edge13.nor_conv_1x1") == OpKind::convolution);
  CHECK(op_at("c.edge23.avg_pool_3x3") == OpKind::average_pool);
  CHECK(net.shape(out) == Shape{4, 8, 8});
}

TEST_CASE("cells may be fewer and narrower, for small machines") {
  const Architecture net =
      nas_bench_201({.code = "123403", .cells = 1, .channels = 4}, {{1, 28, 28}, 10});
  check_complete(net);
  CHECK(net.shape(net.outputs().front()) == Shape{10});
}

TEST_CASE("a code that names no cell is rejected") {
  for (const std::string code : {"", "12345", "33333", "3333333", "33a333", "533333"}) {
    CHECK(rejection(ErrorKind::space, [&] { cost_of(code); }) ==
          "the NAS-Bench-201 code is '" + code + "' but must be 6 digits from 0 to 4");
  }
}

TEST_CASE("odd sizes are rounded up by both sides of a residual block") {
  const Architecture net =
      nas_bench_201({.code = "000001", .cells = 1, .channels = 4}, {{3, 30, 9}, 10});
  check_complete(net);
  for (NodeId node = 0; node < net.size(); ++node) {
    if (net.name(node) == "reduction1.add") CHECK(net.shape(node) == Shape{8, 15, 5});
    if (net.name(node) == "reduction2.add") CHECK(net.shape(node) == Shape{16, 8, 3});
  }
}

}  // namespace
}  // namespace nas
