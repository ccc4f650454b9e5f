#include "core/architecture/shuffle_unit.hpp"

#include <catch2/catch.hpp>

#include "core/architecture/cell_blocks.hpp"
#include "core/architecture/cost_model.hpp"
#include "tests/base/rejection.hpp"

namespace nas {
namespace {

Shape unit_shape(const Shape& input, const ShuffleUnit& unit) {
  Architecture net;
  return net.shape(add_shuffle_unit(net, net.add(input_op(input), {}), "unit", unit));
}

std::string rejected(const ShuffleUnit& unit) {
  return rejection(ErrorKind::space, [&] { unit_shape({16, 8, 8}, unit); });
}

/// SPOS' network for ImageNet: what each of the 20 blocks is made of.
Architecture single_path_network(const std::vector<int>& choices) {
  Architecture net;
  NodeId x = net.add(input_op({3, 224, 224}), {}, "image");
  x = add_convolution_block(net, x, "stem", {.out_channels = 16, .kernel = 3, .stride = 2}, {});
  const struct {
    std::int64_t channels, repeats;
  } stages[] = {{64, 4}, {160, 4}, {320, 8}, {640, 4}};
  std::size_t block = 0;
  for (const auto& stage : stages) {
    for (std::int64_t i = 0; i < stage.repeats; ++i, ++block) {
      const int choice = choices[block];
      x = add_shuffle_unit(net, x, "block" + std::to_string(block),
                           {.out_channels = stage.channels,
                            .kernel = choice == 3 ? 3 : 3 + 2 * choice,
                            .stride = i == 0 ? 2 : 1,
                            .xception = choice == 3,
                            .style = ShuffleStyle::single_path_one_shot,
                            .affine = false});
    }
  }
  x = add_convolution_norm(net, x, "head", {.out_channels = 1024}, false);
  x = net.add(Op(OpKind::relu), {x}, "head.activation");
  x = net.add(Op(OpKind::global_average_pool), {x}, "pool");
  net.mark_output(net.add(linear(1000, false), {x}, "classifier"));
  return net;
}

TEST_CASE("a ShuffleNetV2 unit passes half of the channels on, or halves the image") {
  CHECK(unit_shape({16, 8, 8}, {.out_channels = 16}) == Shape{16, 8, 8});
  CHECK(unit_shape({16, 8, 8}, {.out_channels = 48, .kernel = 5, .stride = 2}) == Shape{48, 4, 4});
}

TEST_CASE("a ShuffleNetV2 unit costs what is counted by hand") {
  Architecture net;
  const NodeId x = net.add(input_op({16, 8, 8}), {});
  add_shuffle_unit(net, x, "same", {.out_channels = 16});
  CHECK(cost(net).params == 8 * 8 + 8 * 9 + 8 * 8 + 3 * 2 * 8);
  Architecture reducing;
  const NodeId y = reducing.add(input_op({16, 8, 8}), {});
  add_shuffle_unit(reducing, y, "half", {.out_channels = 48, .stride = 2});
  const std::int64_t side = 16 * 9 + 16 * 24 + 2 * 16 + 2 * 24;
  const std::int64_t main = 16 * 24 + 24 * 9 + 24 * 24 + 3 * 2 * 24;
  CHECK(cost(reducing).params == side + main);
}

TEST_CASE("single-path networks cost what the authors' code counts") {
  // Guo et al. 2019 and their released code, without batch norm's parameters. Ours has the stem's.
  constexpr std::int64_t stem_norm = 2 * 16;
  const Cost small = cost(single_path_network(std::vector<int>(20, 0)));
  CHECK(small.macs == 295842496);
  CHECK(small.params - stem_norm == 3132448);
  CHECK(cost(single_path_network(std::vector<int>(20, 1))).macs == 313654976);
  const Cost found =
      cost(single_path_network({2, 1, 0, 1, 2, 0, 2, 0, 2, 0, 2, 3, 0, 0, 0, 0, 3, 2, 3, 3}));
  CHECK(found.macs == 322918720);
  CHECK(found.params - stem_norm == 3529312);
}

TEST_CASE("shuffle units that do not fit are rejected") {
  CHECK(rejected({.out_channels = 16, .stride = 3}) ==
        "shuffle unit 'unit': stride '3' must be 1 or 2");
  CHECK(rejected({.out_channels = 15, .stride = 2}) ==
        "shuffle unit 'unit': out_channels '15' must be even");
  CHECK(rejected({.out_channels = 32}) ==
        "shuffle unit 'unit': out_channels '32' must be the 16 of its input, at stride 1");
  CHECK(rejected({.out_channels = 16, .stride = 2}) ==
        "shuffle unit 'unit': out_channels '16' must be more than the 16 of its input, at stride "
        "2");
}

}  // namespace
}  // namespace nas
