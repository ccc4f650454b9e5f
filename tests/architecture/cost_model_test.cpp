#include "core/architecture/cost_model.hpp"

#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include "tests/architecture/networks.hpp"

namespace nas {
namespace {

TEST_CASE("MobileNetV2 costs what is published") {
  const Cost found = cost(mobilenet_v2());
  CHECK(found.params == 3'504'872);
  CHECK(found.macs == 300'774'272);
  CHECK(found.flash_int8 == 3'487'816);
  CHECK(found.flash == 4 * 3'487'816);
  CHECK(found.ram_int8 == 1'505'280);
  CHECK(found.ram == 4 * 1'505'280);
}

// Tan et al. 2019, figure 7, and the authors' code; squeeze-and-excitation counts.
TEST_CASE("MnasNet-A1 costs what is published") {
  const Cost found = cost(build({.activation = OpKind::relu,
                                 .stages = {{1, 16, 1, 1},
                                            {6, 24, 2, 2},
                                            {3, 40, 3, 2, 5, true},
                                            {6, 80, 4, 2},
                                            {6, 112, 2, 1, 3, true},
                                            {6, 160, 3, 2, 5, true},
                                            {6, 320, 1, 1}}}));
  CHECK(found.params == 3'887'038);
  CHECK(found.macs == 311'579'072);
}

// Tan and Le 2019, table 1.
TEST_CASE("EfficientNet-B0 costs what is published") {
  const Cost found = cost(build({.activation = OpKind::swish,
                                 .stages = {{1, 16, 1, 1, 3, true},
                                            {6, 24, 2, 2, 3, true},
                                            {6, 40, 2, 2, 5, true},
                                            {6, 80, 3, 2, 3, true},
                                            {6, 112, 3, 1, 5, true},
                                            {6, 192, 4, 2, 5, true},
                                            {6, 320, 1, 1, 3, true}}}));
  CHECK(found.params == 5'288'548);
  CHECK(found.macs == 385'814'752);
}

TEST_CASE("a small network for small images has the parameters counted by hand") {
  const Cost found = cost(build(
      {.input = {1, 28, 28},
       .stem = 16,
       .stem_stride = 1,
       .head = 128,
       .classes = 10,
       .stages = {{3, 24, 1, 2}, {3, 24, 1, 1}, {4, 40, 1, 2}, {4, 40, 1, 1}, {4, 64, 1, 1}}}));
  CHECK(found.params == 58'226);
}

TEST_CASE("the cost of a network is the sum of its nodes'") {
  const Architecture net = mobilenet_v2();
  NodeCost sum;
  const std::vector<NodeCost> costs = node_costs(net);
  CHECK(costs.size() == net.size());
  for (const NodeCost& each : costs) {
    sum.params += each.params;
    sum.macs += each.macs;
  }
  CHECK(sum.params == cost(net).params);
  CHECK(sum.macs == cost(net).macs);
}

TEST_CASE("multiply-accumulates of grouped convolutions and linear layers are counted by hand") {
  Architecture net;
  const NodeId x = net.add(input_op({6, 8, 4}), {});
  const NodeId y = net.add(
      convolution({.out_channels = 9, .kernel = 3, .stride = 2, .groups = 3, .bias = true}), {x});
  const NodeId z = net.add(linear(5), {y});
  const std::vector<NodeCost> costs = node_costs(net);
  CHECK(costs[y].macs == 9 * 4 * 2 * (6 / 3) * 3 * 3);
  CHECK(costs[y].params == 9 * 2 * 3 * 3 + 9);
  CHECK(costs[z].macs == 9 * 4 * 2 * 5);
  CHECK(costs[z].params == 9 * 4 * 2 * 5 + 5);
}

/// Parameters after folding, beyond the weights of a 1x1 convolution from 4 to 8 channels.
std::int64_t left_of_norm(bool bias, bool read_elsewhere, bool output) {
  Architecture net;
  const NodeId x = net.add(input_op({4, 2, 2}), {});
  const NodeId y = net.add(convolution({.out_channels = 8, .bias = bias}), {x});
  NodeId z = net.add(Op(OpKind::batch_norm), {y});
  if (read_elsewhere) z = net.add(Op(OpKind::add), {y, z});
  net.mark_output(z);
  if (output) net.mark_output(y);
  return cost(net).flash_int8 - 4 * 8;
}

TEST_CASE("a norm folds into the layer before it and leaves one bias per channel") {
  CHECK(left_of_norm(false, false, false) == 8);
  CHECK(left_of_norm(true, false, false) == 8);
}

TEST_CASE("a norm does not fold where its input is needed as it is") {
  CHECK(left_of_norm(false, true, false) == 2 * 8);
  CHECK(left_of_norm(false, false, true) == 2 * 8);
  CHECK(left_of_norm(true, true, false) == 8 + 2 * 8);
}

TEST_CASE("a norm folds into a linear layer but not into anything else") {
  Architecture net;
  NodeId x = net.add(input_op({4, 2, 2}), {});
  x = net.add(Op(OpKind::batch_norm), {x});  // 8: nothing to fold into
  x = net.add(Op(OpKind::batch_norm), {net.add(linear(10, false), {x})});  // 160 + 10
  x = net.add(Op(OpKind::batch_norm), {net.add(Op(OpKind::relu), {x})});   // 20
  net.mark_output(x);
  CHECK(cost(net).flash_int8 == 8 + 160 + 10 + 20);
}

std::int64_t peak(const Architecture& net) { return cost(net).ram_int8; }

TEST_CASE("a norm without affine parameters still leaves its statistics where it does not fold") {
  Architecture net;
  NodeId x = net.add(input_op({4, 8, 8}), {});
  x = net.add(Op(OpKind::batch_norm).set("affine", 0), {x});
  net.mark_output(x);
  CHECK(cost(net).params == 0);
  CHECK(cost(net).flash_int8 == 8);
}

TEST_CASE("an op in place needs no memory of its own") {
  Architecture net;
  NodeId x = net.add(input_op({4}), {});
  for (const OpKind kind : {OpKind::relu, OpKind::batch_norm, OpKind::sigmoid}) {
    x = net.add(Op(kind), {x});
  }
  net.mark_output(x);
  CHECK(peak(net) == 4);
}

TEST_CASE("an op that cannot work in place needs input and output at once") {
  Architecture net;
  NodeId x = net.add(input_op({4}), {});
  x = net.add(convolution({.out_channels = 10}), {x});
  x = net.add(convolution({.out_channels = 3}), {x});
  net.mark_output(x);
  CHECK(peak(net) == 4 + 10);
}

TEST_CASE("an output of the network is never overwritten and never given back") {
  Architecture net;
  const NodeId x = net.add(input_op({4}), {});
  net.mark_output(x);
  const NodeId y = net.add(Op(OpKind::relu), {x});
  const NodeId z = net.add(convolution({.out_channels = 4}), {y});
  net.mark_output(z);
  CHECK(lifetimes(net)[y].storage == y);
  CHECK(lifetimes(net)[x].last_reader == net.size());
  CHECK(peak(net) == 3 * 4);
}

TEST_CASE("a sum takes over the first of its inputs that nobody reads again") {
  Architecture net;
  const NodeId x = net.add(input_op({4}), {});
  const NodeId a = net.add(convolution({.out_channels = 4}), {x});
  const NodeId b = net.add(convolution({.out_channels = 4}), {x});
  const NodeId c = net.add(convolution({.out_channels = 4}), {x});
  const NodeId sum = net.add(Op(OpKind::add), {a, b, c});
  const NodeId twice = net.add(Op(OpKind::add), {sum, a});
  net.mark_output(twice);
  CHECK(lifetimes(net)[sum].storage == b);
  CHECK(lifetimes(net)[twice].storage == b);
  CHECK(lifetimes(net)[a].last_reader == twice);
  CHECK(lifetimes(net)[twice].last_reader == net.size());
  CHECK(peak(net) == 4 * 4);
}

TEST_CASE("a scaling takes over what it scales and never the scale") {
  Architecture net;
  const NodeId x = net.add(input_op({4}), {});
  const NodeId s = net.add(Op(OpKind::sigmoid), {x});
  const NodeId y = net.add(Op(OpKind::scale), {x, s});
  const NodeId z = net.add(Op(OpKind::scale), {s, y});
  net.mark_output(z);
  CHECK(lifetimes(net)[s].storage == s);
  CHECK(lifetimes(net)[y].storage == x);
  CHECK(lifetimes(net)[z].storage == s);
}

TEST_CASE("what nobody reads lives for the one step in which it is made") {
  Architecture net;
  const NodeId x = net.add(input_op({4}), {});
  const NodeId unread = net.add(convolution({.out_channels = 100}), {x});
  const NodeId y = net.add(convolution({.out_channels = 4}), {x});
  net.mark_output(y);
  CHECK(lifetimes(net)[unread].last_reader == unread);
  CHECK(peak(net) == 104);
}

TEST_CASE("a residual keeps its block's input through the block") {
  Architecture net;
  const NodeId x = net.add(input_op({8, 4, 4}), {});
  net.mark_output(add_inverted_bottleneck(net, x, "b", {.out_channels = 8, .expansion = 3}));
  // Input, expanded, and depthwise's output at the fullest moment.
  CHECK(peak(net) == (8 + 24 + 24) * 16);
}

/// Runs a network as a plain executor would: a set of blocks in use, each with its present tenant.
std::int64_t simulated_peak(const Architecture& net) {
  const auto read_later = [&](NodeId node, NodeId now) {
    const auto& outputs = net.outputs();
    if (std::ranges::find(outputs, node) != outputs.end()) return true;
    return std::ranges::any_of(net.consumers(node), [&](NodeId reader) { return reader > now; });
  };
  std::set<NodeId> tenants;
  std::int64_t most = 0;
  for (NodeId now = 0; now < net.size(); ++now) {
    const OpRow& row = net.op(now).row();
    std::vector<NodeId> candidates;
    if (row.in_place) candidates = net.inputs(now);
    if (row.in_place && row.kind != OpKind::add) candidates.resize(1);
    const auto victim =
        std::ranges::find_if(candidates, [&](NodeId input) { return !read_later(input, now); });
    if (victim != candidates.end()) tenants.erase(*victim);
    tenants.insert(now);
    std::int64_t live = 0;
    for (const NodeId tenant : tenants) live += net.shape(tenant).elements();
    most = std::max(most, live);
    std::erase_if(tenants, [&](NodeId tenant) { return !read_later(tenant, now); });
  }
  return most;
}

TEST_CASE("the peak of random networks is that of running them") {
  Random random(3);
  for (int i = 0; i < 300; ++i) {
    const Architecture net = random_network(2 + random.below(20), random);
    CHECK(peak(net) == simulated_peak(net));
  }
  CHECK(peak(mobilenet_v2()) == simulated_peak(mobilenet_v2()));
}

}  // namespace
}  // namespace nas
