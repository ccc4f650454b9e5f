#include "core/architecture/nas_bench_101.hpp"

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "tests/architecture/tasks.hpp"

namespace nas {
namespace {

using enum NasBench101Op;

/// The first cell of the published table.
const NasBench101Cell first_of_table{
    {conv3x3, maxpool3x3, conv3x3, conv3x3, conv1x1},
    {{0, 1}, {0, 4}, {0, 5}, {1, 2}, {2, 3}, {2, 6}, {3, 5}, {4, 5}, {5, 6}}};

TEST_CASE("a network has the trainable parameters that the benchmark records") {
  CHECK(cost(nas_bench_101({.cell = first_of_table}, cifar10)).params == 8555530);
}

TEST_CASE("the vertices that the output concatenates share its channels") {
  using Channels = std::vector<std::int64_t>;
  CHECK(nas_bench_101_channels({{}, {{0, 1}}}, 3, 128) == Channels{3, 128});
  CHECK(nas_bench_101_channels(first_of_table, 128, 128) == Channels{128, 64, 64, 64, 64, 64, 128});
  const NasBench101Cell three{{conv3x3, conv3x3, conv1x1},
                              {{0, 1}, {0, 2}, {0, 3}, {1, 4}, {2, 4}, {3, 4}}};
  CHECK(nas_bench_101_channels(three, 64, 128) == Channels{64, 43, 43, 42, 128});
}

TEST_CASE("a vertex that feeds others has as many channels as the widest of them") {
  // Vertex 1 leads to 2 and 3, of which the first takes the odd channel.
  const NasBench101Cell cell{{conv3x3, conv1x1, conv1x1, conv1x1},
                             {{0, 1}, {1, 2}, {1, 3}, {0, 4}, {2, 5}, {3, 5}, {4, 5}}};
  CHECK(nas_bench_101_channels(cell, 16, 16) == std::vector<std::int64_t>{16, 6, 6, 5, 5, 16});
  Architecture net;
  const NodeId x = net.add(input_op({16, 8, 8}), {}, "x");
  const NodeId out = add_nas_bench_101_cell(net, x, "cell", cell, 16);
  CHECK(net.shape(out) == Shape{16, 8, 8});
  int slices = 0;
  for (NodeId node = 0; node < net.size(); ++node) slices += net.op(node).kind() == OpKind::slice;
  CHECK(slices == 1);  // into vertex 3
}

TEST_CASE("an input that leads to the output is projected and added") {
  const NasBench101Cell cell{{maxpool3x3}, {{0, 1}, {1, 2}, {0, 2}}};
  const Architecture net =
      nas_bench_101({.cell = cell, .channels = 8, .cells = 1}, {{1, 15, 9}, 10});
  check_complete(net);
  const NasBench101Cell alone{{}, {{0, 1}}};
  check_complete(nas_bench_101({.cell = alone, .channels = 8, .cells = 1}, {{1, 28, 28}, 10}));
}

}  // namespace
}  // namespace nas
