#include "core/architecture/fragmentation.hpp"

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "tests/architecture/networks.hpp"

namespace nas {
namespace {

Fragmentation fragments(const Architecture& net) { return cost(net).fragmentation; }

NodeId conv(Architecture& net, NodeId input, std::int64_t channels = 8) {
  return net.add(convolution({.out_channels = channels, .kernel = 3}), {input});
}

TEST_CASE("a chain has one branch and is as long as its convolutions, poolings and linear layers") {
  Architecture net;
  NodeId x = net.add(input_op({8, 16, 16}), {});
  x = add_convolution_block(net, x, "a", {.out_channels = 8, .kernel = 3}, {});
  x = add_convolution_block(net, x, "b", {.out_channels = 8, .kernel = 3}, {});
  add_classifier(net, x, 10);
  const Fragmentation found = fragments(net);
  CHECK(found.working_ops == 4);
  CHECK(found.branches == 1);
  CHECK(found.critical_path == 4);
  CHECK(found.mean_branches() == 1);
}

// The five networks of Ma et al. 2018, appendix figure 1: one convolution; two and four behind each
// other; two and four side by side.
TEST_CASE("fragments behind each other make the path longer, side by side they make it broader") {
  const auto network = [](int series, int parallel) {
    Architecture net;
    const NodeId x = net.add(input_op({8, 16, 16}), {});
    std::vector<NodeId> ends;
    for (int branch = 0; branch < parallel; ++branch) {
      NodeId end = x;
      for (int i = 0; i < series; ++i) end = conv(net, end);
      ends.push_back(end);
    }
    net.mark_output(parallel == 1 ? ends.front() : net.add(Op(OpKind::add), ends));
    return fragments(net);
  };
  CHECK(network(1, 1) == Fragmentation{1, 1, 1, 0});
  CHECK(network(2, 1) == Fragmentation{2, 1, 2, 0});
  CHECK(network(4, 1) == Fragmentation{4, 1, 4, 0});
  CHECK(network(1, 2) == Fragmentation{2, 2, 1, 0});
  CHECK(network(1, 4) == Fragmentation{4, 4, 1, 0});
  CHECK(network(1, 4).mean_branches() == 4);
}

TEST_CASE("branches of different lengths count where they run side by side") {
  Architecture net;
  const NodeId x = net.add(input_op({8, 16, 16}), {});
  const NodeId a = conv(net, conv(net, conv(net, x)));
  const NodeId b = conv(net, x);
  net.mark_output(net.add(Op(OpKind::add), {a, b}));
  const Fragmentation found = fragments(net);
  CHECK(found.branches == 2);
  CHECK(found.critical_path == 3);
  CHECK(found.mean_branches() == Approx(4.0 / 3));
}

TEST_CASE("an op is small below a tenth of the mean work") {
  Architecture net;
  NodeId x = net.add(input_op({8, 16, 16}), {});
  x = net.add(convolution({.out_channels = 8, .kernel = 7}), {x});  // 802,816
  x = net.add(Op(OpKind::global_average_pool), {x});                // 2,048
  x = net.add(linear(10), {x});                                     // 80
  net.mark_output(x);
  CHECK(fragments(net).small_ops == Approx(2.0 / 3));
}

TEST_CASE("an op is not small at a fifth of the mean work") {
  Architecture net;
  NodeId x = net.add(input_op({8, 16, 16}), {});
  x = net.add(convolution({.out_channels = 190}), {x});  // 389,120
  x = net.add(convolution({.out_channels = 1}), {x});    // 48,640
  net.mark_output(x);
  CHECK(fragments(net).small_ops == 0);
}

TEST_CASE("the windows of a pooling are its work") {
  Architecture net;
  const NodeId x = net.add(input_op({8, 16, 16}), {});
  const NodeId y = net.add(Op(OpKind::max_pool)
                               .set("kernel_h", 3)
                               .set("kernel_w", 3)
                               .set("padding_h", 1)
                               .set("padding_w", 1),
                           {x});
  // 9 x 2,048 = 18,432 beside 8 x 8 x 256 = 16,384: neither is small; nor is 2,048 beside both.
  net.mark_output(
      net.add(Op(OpKind::global_average_pool), {net.add(convolution({.out_channels = 8}), {y})}));
  CHECK(fragments(net).small_ops == 0);
  CHECK(fragments(net).critical_path == 3);
}

TEST_CASE("a network of nothing that works is not fragmented") {
  Architecture net;
  net.mark_output(net.add(Op(OpKind::relu), {net.add(input_op({8, 4, 4}), {})}));
  CHECK(fragments(net) == Fragmentation{});
  CHECK(fragments(net).mean_branches() == 0);
}

TEST_CASE("a MobileNet is a chain whose last depthwise convolutions are small") {
  const Fragmentation found = fragments(mobilenet_v2());
  CHECK(found.branches == 1);
  CHECK(found.mean_branches() == 1);
  CHECK(found.critical_path == 54);  // 52 convolutions, a pooling and a linear layer
  // A tenth of the mean is 557k: more than 9 x 7 x 7 of 576 and, three times, of 960 channels, and
  // 9 x 14 x 14 of 192; and than the pooling. 9 x 14 x 14 of 384 is above it.
  CHECK(found.small_ops == Approx(6.0 / 54));
}

}  // namespace
}  // namespace nas
