#include "core/architecture/cell_blocks.hpp"

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "tests/base/rejection.hpp"

namespace nas {
namespace {

struct Block {
  Architecture net;
  NodeId output;
  std::vector<std::string> ops() const {
    std::vector<std::string> result;
    for (NodeId node = 1; node < net.size(); ++node) {
      result.emplace_back(net.op(node).row().name);
    }
    return result;
  }
  Shape shape() const { return net.shape(output); }
};

/// `add(net, input)` on an input of the given shape.
template <typename Add>
Block block_on(const Shape& shape, const Add& add) {
  Block block;
  const NodeId x = block.net.add(input_op(shape), {}, "x");
  block.output = add(block.net, x);
  return block;
}

using Names = std::vector<std::string>;

TEST_CASE("a separable convolution is applied twice, the stride only once") {
  const Block block = block_on({8, 6, 6}, [](Architecture& net, NodeId x) {
    return add_separable_convolution(net, x, "sep", {.out_channels = 12, .kernel = 5, .stride = 2});
  });
  CHECK(block.ops() == Names{"relu", "convolution", "convolution", "batch_norm", "relu",
                             "convolution", "convolution", "batch_norm"});
  CHECK(block.shape() == Shape{12, 3, 3});
  // Depthwise 5x5 twice, pointwise 8 to 8 and 8 to 12, two norms.
  CHECK(cost(block.net).params == 2 * 8 * 25 + 8 * 8 + 8 * 12 + 2 * 8 + 2 * 12);
}

TEST_CASE("a dilated convolution keeps the resolution") {
  const Block block = block_on({8, 6, 6}, [](Architecture& net, NodeId x) {
    return add_dilated_convolution(
        net, x, "dil", {.out_channels = 8, .kernel = 5, .dilation = 2, .affine = false});
  });
  CHECK(block.ops() == Names{"relu", "convolution", "convolution", "batch_norm"});
  CHECK(block.shape() == Shape{8, 6, 6});
  CHECK(cost(block.net).params == 8 * 25 + 8 * 8);
}

TEST_CASE("a factorised reduction halves the image, with the odd channel in its second half") {
  const Block block = block_on({8, 6, 6}, [](Architecture& net, NodeId x) {
    return add_factorised_reduction(net, x, "reduce", {.out_channels = 9});
  });
  CHECK(block.ops() ==
        Names{"relu", "convolution", "shift", "convolution", "concat", "batch_norm"});
  CHECK(block.shape() == Shape{9, 3, 3});
  CHECK(block.net.shape(2).channels == 4);
  CHECK(block.net.shape(4).channels == 5);
}

TEST_CASE("only a padded factorised reduction takes an odd size") {
  const auto reduced = [](const Shape& shape, bool pad) {
    return block_on(shape,
                    [pad](Architecture& net, NodeId x) {
                      return add_factorised_reduction(net, x, "r", {.out_channels = 4, .pad = pad});
                    })
        .shape();
  };
  CHECK(reduced({8, 6, 8}, true) == reduced({8, 6, 8}, false));
  CHECK(reduced({8, 7, 7}, true) == Shape{4, 4, 4});
  CHECK(
      rejection(ErrorKind::space,
                [&] {
                  reduced({8, 7, 7}, false);
                }) ==
      "node 'r.concat' (concat): input 1 has shape 2x3x3, expected 4x4 pixels as input 0 of shape "
      "2x4x4 has");
}

}  // namespace
}  // namespace nas
