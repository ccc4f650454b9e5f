#include "core/architecture/nasnet.hpp"

#include <cmath>

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "tests/architecture/tasks.hpp"

namespace nas {
namespace {

std::vector<Shape> cell_shapes(const Architecture& net, const std::string& prefix) {
  std::vector<Shape> shapes;
  for (NodeId node = 0; node < net.size(); ++node) {
    const std::string& name = net.name(node);
    if (name.starts_with(prefix) && name.find('.') == std::string::npos) {
      shapes.push_back(net.shape(node));
    }
  }
  return shapes;
}

const NasnetBlock sum_of_inputs{0, 1, NasnetOp::identity, NasnetOp::identity};

TEST_CASE("NASNet-A for ImageNet has the trainable parameters of the published weights") {
  // Counted by tf.keras.applications without the auxiliary classifier; 5.3 M and 88.9 M (with the
  // statistics of batch norm) in Zoph et al. 2017, table 2, with 564 M and 23.8 B MACs.
  const NasnetSettings mobile{
      .repeats = 4, .filters = 44, .stem_channels = 32, .stem = NasnetStem::imagenet};
  const NasnetSettings large{.repeats = 6,
                             .filters = 168,
                             .stem_channels = 96,
                             .stem = NasnetStem::imagenet,
                             .skip_reduction_input = true};
  const Cost of_mobile = cost(nasnet_network(nasnet_a(), mobile, {{3, 224, 224}, 1000}));
  CHECK(of_mobile.params == 5289978);
  CHECK(std::llround(1e-6 * static_cast<double>(of_mobile.macs)) == 564);
  const Cost of_large = cost(nasnet_network(nasnet_a(), large, {{3, 331, 331}, 1000}));
  CHECK(of_large.params == 88753150);
  CHECK(std::llround(1e-8 * static_cast<double>(of_large.macs)) == 238);
}

TEST_CASE("NASNet-A 6 @ 768 has a penultimate layer of 768 channels and the published size") {
  const Architecture net = nasnet_network(nasnet_a(), {}, cifar10);
  const std::vector<Shape> normal = cell_shapes(net, "cell");
  CHECK(normal.size() == 18);
  CHECK(normal.back() == Shape{768, 8, 8});
  const std::vector<Shape> reduction = cell_shapes(net, "reduction");
  CHECK(reduction == std::vector<Shape>{{4 * 64, 16, 16}, {4 * 128, 8, 8}});
  CHECK(cost(net).params / 100000 == 33);
}

TEST_CASE("paths are kept with a probability that falls with depth and with progress") {
  // The authors' code at 18 cells and 0.6 for the last, half-way through the training.
  CHECK(scheduled_keep_probability(0, 18, 0.5, 0.6) == Approx(0.988889).epsilon(1e-6));
  CHECK(scheduled_keep_probability(8, 18, 0.5, 0.6) == Approx(0.9));
  CHECK(scheduled_keep_probability(17, 18, 0.5, 0.6) == Approx(0.8));
  CHECK(scheduled_keep_probability(17, 18, 0, 0.6) == 1);
}

TEST_CASE("every path but identities is dropped, in the last cell most") {
  const NasnetSettings settings{
      .repeats = 1, .filters = 8, .stem_channels = 24, .drop_probability = 0.4};
  const Architecture net = nasnet_network(nasnet_a(), settings, cifar10);
  double first = 0, last = 0;
  int drops = 0;
  for (NodeId node = 0; node < net.size(); ++node) {
    if (net.op(node).kind() != OpKind::drop_path) continue;
    ++drops;
    if (first == 0) first = net.op(node).real("p");
    last = net.op(node).real("p");
    CHECK(net.name(node).find("identity") == std::string::npos);
  }
  // Eight of ten paths in each of three normal cells, nine in each of two reduction cells.
  CHECK(drops == 3 * 8 + 2 * 9);
  CHECK(first == Approx(0.4 / 5));
  CHECK(last == Approx(0.4));
}

TEST_CASE("a cell puts out what no block reads, inputs too, at its own resolution") {
  const NasnetBlock from_last{0, 0, NasnetOp::conv_3x3, NasnetOp::avg_pool_3x3};
  CHECK(loose_ends({from_last}) == std::vector<std::size_t>{1, 2});
  CHECK(loose_ends({from_last, {1, 2, NasnetOp::identity, NasnetOp::identity}}) ==
        std::vector<std::size_t>{3});
  const NasnetCell cell{{from_last}, loose_ends({from_last})};
  const Architecture net = nasnet_network(
      {cell, cell}, {.repeats = 1, .filters = 8, .stem_channels = 24}, {{3, 15, 9}, 10});
  check_complete(net);
  CHECK(cell_shapes(net, "cell") == std::vector<Shape>{{16, 15, 9}, {32, 8, 5}, {64, 4, 3}});
}

TEST_CASE("only paths from a cell's inputs have the stride of a reduction") {
  const NasnetCell reduction{{sum_of_inputs, {2, 0, NasnetOp::max_pool_3x3, NasnetOp::conv_1x1}},
                             {3}};
  const NasnetCell normal{{sum_of_inputs}, {2}};
  const Architecture net = nasnet_network(
      {normal, reduction}, {.repeats = 1, .filters = 8, .stem_channels = 24}, cifar10);
  CHECK(cell_shapes(net, "reduction") == std::vector<Shape>{{16, 16, 16}, {32, 8, 8}});
}

TEST_CASE("a concatenated block is narrowed by what reads it") {
  NasnetBlock wide = sum_of_inputs;
  wide.concat = true;
  const NasnetCell cell{{wide, {2, 2, NasnetOp::identity, NasnetOp::max_pool_3x3}}, {2, 3}};
  const Architecture net =
      nasnet_network({cell, cell}, {.repeats = 2, .filters = 8, .stem_channels = 24}, cifar10);
  check_complete(net);
  CHECK(cell_shapes(net, "cell").front().channels >= 3 * 8);
  CHECK(cell_shapes(net, "cell").back().channels == 3 * 32);
}

TEST_CASE("every op keeps the resolution, or halves it, in the channels that are wanted") {
  for (std::size_t i = 0; i < nasnet_ops; ++i) {
    const auto op = static_cast<NasnetOp>(i);
    CAPTURE(nasnet_op_name(op));
    const NasnetCell cell{{{0, 1, op, op}}, {2}};
    const Architecture net = nasnet_network(
        {cell, cell}, {.repeats = 1, .filters = 8, .stem_channels = 24}, {{3, 9, 12}, 10});
    check_complete(net);
    CHECK(cell_shapes(net, "reduction") == std::vector<Shape>{{16, 5, 6}, {32, 3, 3}});
  }
}

}  // namespace
}  // namespace nas
