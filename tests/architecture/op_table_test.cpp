#include "core/architecture/op_table.hpp"

#include <limits>

#include <catch2/catch.hpp>

#include "core/architecture/architecture.hpp"
#include "core/architecture/blocks.hpp"
#include "tests/base/rejection.hpp"

namespace nas {
namespace {

/// Why a node named "n" that reads inputs of these shapes cannot be added.
std::string rejected(const Op& op, const std::vector<Shape>& inputs) {
  Architecture net;
  std::vector<NodeId> ids;
  for (const Shape& shape : inputs) ids.push_back(net.add(input_op(shape), {}));
  return rejection(ErrorKind::space, [&] { net.add(op, ids, "n"); });
}

Shape inferred(const Op& op, const std::vector<Shape>& inputs) {
  return op.row().output_shape(op, inputs);
}

TEST_CASE("every row is at the place of its kind and is found by its name") {
  std::size_t place = 0;
  for (const OpRow& row : op_table()) {
    CHECK(row.kind == static_cast<OpKind>(place++));
    CHECK(op_kind(row.name) == row.kind);
    CHECK(&op_row(row.kind) == &row);
  }
  CHECK(place == static_cast<std::size_t>(OpKind::mix) + 1);
}

TEST_CASE("every default is allowed or marks an attribute that must be set") {
  for (const OpRow& row : op_table()) {
    for (const AttributeSpec& attribute : row.attributes) {
      CAPTURE(row.name, attribute.name);
      CHECK(attribute.minimum < attribute.maximum);
      CHECK(attribute.default_value <= attribute.maximum);
      CHECK((attribute.default_value >= attribute.minimum || attribute.default_value == 0));
    }
  }
}

TEST_CASE("an unknown op suggests the nearest") {
  CHECK(rejection(ErrorKind::space, [] { op_kind("convolutoin"); }) ==
        "unknown op 'convolutoin'; did you mean 'convolution'? (known: input, convolution, "
        "batch_norm, relu, relu6, leaky_relu, elu, swish, h_swish, sigmoid, h_sigmoid, tanh, "
        "softplus, add, multiply, scale, concat, slice, channel_shuffle, shift, zero, identity, "
        "max_pool, average_pool, global_max_pool, global_average_pool, upsample, dropout, "
        "drop_path, linear, mix)");
}

TEST_CASE("attributes are set and read by name") {
  Op op(OpKind::convolution);
  CHECK(op.integer("kernel_h") == 1);
  CHECK(op.integer("bias") == 0);
  op.set("kernel_h", 5).set("out_channels", 16);
  CHECK(op.integer("kernel_h") == 5);
  CHECK(op.integer("kernel_w") == 1);
  CHECK(op != Op(OpKind::convolution));
  CHECK(Op(OpKind::batch_norm).real("epsilon") == 1e-5);
  CHECK(Op(OpKind::batch_norm).real("momentum") == 0.1);
  CHECK(Op(OpKind::linear).integer("bias") == 1);
}

TEST_CASE("an attribute that is unknown, broken or out of range is rejected") {
  Op op(OpKind::convolution);
  const auto why = [&](std::string_view name, double value) {
    return rejection(ErrorKind::space, [&] { op.set(name, value); });
  };
  CHECK(why("kernel", 3) ==
        "'convolution' has no attribute 'kernel'; did you mean 'kernel_h'? (known: out_channels, "
        "kernel_h, kernel_w, stride_h, stride_w, padding_h, padding_w, dilation_h, dilation_w, "
        "groups, bias)");
  CHECK(why("kernel_h", 1.5) == "attribute 'kernel_h' of 'convolution' is '1.5' but must be whole");
  CHECK(why("stride_h", 0) ==
        "attribute 'stride_h' of 'convolution' is '0' but must be between 1 and 1024");
  CHECK(why("bias", 2) == "attribute 'bias' of 'convolution' is '2' but must be between 0 and 1");
  why("padding_h", -1);
  why("out_channels", 1e300);
  why("out_channels", std::numeric_limits<double>::infinity());
  why("out_channels", std::numeric_limits<double>::quiet_NaN());
  CHECK(op == Op(OpKind::convolution));
  CHECK(rejection(ErrorKind::space, [] { Op(OpKind::relu).set("slope", 1); }) ==
        "'relu' has no attribute 'slope' (none are known)");
  CHECK(rejection(ErrorKind::space, [] {
          Op(OpKind::batch_norm).set("epsilon", std::numeric_limits<double>::quiet_NaN());
        }) == "attribute 'epsilon' of 'batch_norm' is 'nan' but must be between 1e-12 and 1");
  CHECK(rejection(ErrorKind::space, [] { Op(OpKind::drop_path).set("p", 1.1); }) ==
        "attribute 'p' of 'drop_path' is '1.1' but must be between 0 and 1");
  CHECK(rejection(ErrorKind::internal, [&] {
          op.integer("kernel_x");
        }).starts_with("'convolution' has no attribute 'kernel_x'"));
}

TEST_CASE("a convolution's shape follows from kernel, stride, padding and dilation") {
  const Shape image{3, 32, 20};
  CHECK(inferred(convolution({.out_channels = 8, .kernel = 3}), {image}) == Shape{8, 32, 20});
  CHECK(inferred(convolution({.out_channels = 8, .kernel = 7, .stride = 2}), {image}) ==
        Shape{8, 16, 10});
  CHECK(inferred(convolution({.out_channels = 8, .kernel = 3, .dilation = 4}), {image}) ==
        Shape{8, 32, 20});
  Op op(OpKind::convolution);
  op.set("out_channels", 4).set("kernel_h", 5).set("stride_h", 3).set("padding_w", 2);
  CHECK(inferred(op, {image}) == Shape{4, 10, 24});
}

TEST_CASE("other shapes follow from the first input") {
  const Shape x{6, 5, 4};
  CHECK(inferred(Op(OpKind::batch_norm), {x}) == x);
  CHECK(inferred(Op(OpKind::h_swish), {x}) == x);
  CHECK(inferred(Op(OpKind::identity), {x}) == x);
  CHECK(inferred(Op(OpKind::dropout), {x}) == x);
  CHECK(inferred(Op(OpKind::drop_path), {x}) == x);
  CHECK(inferred(Op(OpKind::add), {x, x, x}) == x);
  CHECK(inferred(Op(OpKind::scale), {x, {6}}) == x);
  CHECK(inferred(Op(OpKind::global_average_pool), {x}) == Shape{6});
  CHECK(inferred(linear(10), {x}) == Shape{10});
}

Op pool(OpKind kind, double kernel, double stride, double padding) {
  return Op(kind)
      .set("kernel_h", kernel)
      .set("kernel_w", kernel)
      .set("stride_h", stride)
      .set("stride_w", stride)
      .set("padding_h", padding)
      .set("padding_w", padding);
}

TEST_CASE("a pool's shape follows from kernel, stride and padding, and rounds down") {
  const Shape image{3, 32, 20};
  CHECK(inferred(pool(OpKind::max_pool, 3, 1, 1), {image}) == image);
  CHECK(inferred(pool(OpKind::average_pool, 3, 2, 1), {image}) == Shape{3, 16, 10});
  CHECK(inferred(pool(OpKind::max_pool, 3, 2, 0), {image}) == Shape{3, 15, 9});
  CHECK(inferred(pool(OpKind::average_pool, 2, 2, 0).set("kernel_w", 4), {image}) ==
        Shape{3, 16, 9});
  CHECK(inferred(Op(OpKind::global_max_pool), {image}) == Shape{3});
}

TEST_CASE("channels are joined, cut and shuffled") {
  CHECK(inferred(Op(OpKind::concat), {{3, 5, 4}}) == Shape{3, 5, 4});
  CHECK(inferred(Op(OpKind::concat), {{3, 5, 4}, {1, 5, 4}, {3, 5, 4}}) == Shape{7, 5, 4});
  CHECK(inferred(Op(OpKind::slice).set("begin", 4).set("count", 2), {{6, 5, 4}}) == Shape{2, 5, 4});
  CHECK(inferred(Op(OpKind::channel_shuffle).set("groups", 3), {{6, 5, 4}}) == Shape{6, 5, 4});
  CHECK(inferred(Op(OpKind::multiply), {{6, 5, 4}, {6, 5, 4}}) == Shape{6, 5, 4});
}

TEST_CASE("a shift keeps the size with padding and loses what it drops without") {
  const Op shift = Op(OpKind::shift).set("top", 1).set("left", 2);
  CHECK(inferred(shift, {{3, 5, 4}}) == Shape{3, 5, 4});
  CHECK(inferred(Op(shift).set("pad", 0), {{3, 5, 4}}) == Shape{3, 4, 2});
  const Op beyond = Op(OpKind::shift).set("bottom", 2).set("right", 3);
  CHECK(inferred(beyond, {{3, 5, 4}}) == Shape{3, 7, 7});
  CHECK(inferred(Op(beyond).set("top", 1).set("pad", 0), {{3, 5, 4}}) == Shape{3, 6, 7});
}

TEST_CASE("zero has the shape of a strided slice of its input, or other channels") {
  const Op strided = Op(OpKind::zero).set("stride_h", 2).set("stride_w", 3);
  CHECK(inferred(Op(OpKind::zero), {{3, 5, 4}}) == Shape{3, 5, 4});
  CHECK(inferred(strided, {{3, 5, 4}}) == Shape{3, 3, 2});
  CHECK(inferred(strided, {{3, 6, 3}}) == Shape{3, 3, 1});
  CHECK(inferred(Op(OpKind::zero).set("out_channels", 8), {{3, 5, 4}}) == Shape{8, 5, 4});
}

TEST_CASE("upsampling multiplies the size or sets it") {
  CHECK(inferred(Op(OpKind::upsample).set("factor_h", 2).set("factor_w", 3), {{3, 5, 4}}) ==
        Shape{3, 10, 12});
  CHECK(inferred(Op(OpKind::upsample).set("height", 7).set("width", 2), {{3, 5, 4}}) ==
        Shape{3, 7, 2});
}

TEST_CASE("only convolutions and linear layers cost multiply-accumulates") {
  const Shape x{6, 8, 8};
  for (const Op& op : {pool(OpKind::max_pool, 3, 1, 1), pool(OpKind::average_pool, 3, 1, 1),
                       Op(OpKind::upsample).set("factor_h", 2), Op(OpKind::softplus)}) {
    CHECK(op.row().macs(op, std::vector<Shape>{x}, inferred(op, {x})) == 0);
  }
}

TEST_CASE("parameters have the shapes that PyTorch gives them") {
  const std::vector<Shape> x{{6, 5, 4}};
  const auto shapes = [&](const Op& op) {
    std::vector<std::vector<std::int64_t>> result;
    for (const ParameterSpec& each : op.row().parameters(op, x)) result.push_back(each.shape);
    return result;
  };
  using Shapes = std::vector<std::vector<std::int64_t>>;
  CHECK(shapes(convolution({.out_channels = 9, .kernel = 3, .groups = 3, .bias = true})) ==
        Shapes{{9, 2, 3, 3}, {9}});
  CHECK(shapes(convolution({.out_channels = 9})) == Shapes{{9, 6, 1, 1}});
  CHECK(shapes(linear(10)) == Shapes{{10, 120}, {10}});
  CHECK(shapes(linear(10, false)) == Shapes{{10, 120}});
  CHECK(shapes(Op(OpKind::batch_norm)) == Shapes{{6}, {6}, {6}, {6}});
  CHECK(shapes(Op(OpKind::batch_norm).set("affine", 0)) == Shapes{{6}, {6}});
  CHECK(shapes(Op(OpKind::relu)).empty());
  CHECK(shapes(Op(OpKind::mix)) == Shapes{{1}});
}

TEST_CASE("statistics are not trainable") {
  const Op norm(OpKind::batch_norm);
  const std::vector<Shape> x{{6, 5, 4}};
  std::vector<bool> trainable;
  for (const auto& each : norm.row().parameters(norm, x)) {
    trainable.push_back(is_trainable(each.role));
  }
  CHECK(trainable == std::vector<bool>{true, true, false, false});
}

TEST_CASE("inputs that do not fit are rejected with the shape that was expected") {
  CHECK(rejected(convolution({.out_channels = 4, .groups = 2}), {{3, 8, 8}}) ==
        "node 'n' (convolution): input 0 of shape 3x8x8 has 3 channels, expected a multiple of "
        "groups '2'");
  CHECK(rejected(convolution({.out_channels = 3, .groups = 2}), {{4, 8, 8}}) ==
        "node 'n' (convolution): out_channels '3' is not a multiple of groups '2'");
  Op tall(OpKind::convolution);
  tall.set("out_channels", 1).set("kernel_h", 3).set("dilation_h", 2).set("padding_h", 1);
  CHECK(rejected(tall, {{1, 2, 9}}) ==
        "node 'n' (convolution): the kernel spans 5x1 pixels (dilation included), more than input "
        "0 of shape 1x2x9 has with its padding, 4x9");
  CHECK(rejected(Op(OpKind::add), {{4, 8, 8}, {4, 8, 8}, {4, 4, 4}}) ==
        "node 'n' (add): input 2 has shape 4x4x4, expected 4x8x8 as of input 0");
  CHECK(rejected(Op(OpKind::scale), {{4, 8, 8}, {4, 8, 8}}) ==
        "node 'n' (scale): input 1, the scale, has shape 4x8x8, expected 4x1x1 for input 0 of "
        "shape 4x8x8");
}

TEST_CASE("pooling windows that do not fit are rejected") {
  CHECK(rejected(pool(OpKind::max_pool, 3, 1, 2), {{4, 8, 8}}) ==
        "node 'n' (max_pool): padding_h '2' is more than half of kernel_h '3'");
  CHECK(rejected(pool(OpKind::average_pool, 2, 1, 1).set("padding_w", 2), {{4, 8, 8}}) ==
        "node 'n' (average_pool): padding_w '2' is more than half of kernel_w '2'");
  CHECK(rejected(pool(OpKind::max_pool, 5, 1, 0), {{4, 4, 8}}) ==
        "node 'n' (max_pool): the kernel spans 5x5 pixels (dilation included), more than input 0 "
        "of shape 4x4x8 has with its padding, 4x8");
  CHECK(rejected(Op(OpKind::max_pool), {{4, 4, 8}}) ==
        "node 'n' (max_pool): attribute 'kernel_h' must be set, to a value between 1 and 1024");
}

TEST_CASE("channels that do not fit are rejected") {
  CHECK(rejected(Op(OpKind::concat), {{4, 8, 8}, {4, 8, 7}}) ==
        "node 'n' (concat): input 1 has shape 4x8x7, expected 8x8 pixels as input 0 of shape 4x8x8 "
        "has");
  CHECK(rejected(Op(OpKind::slice).set("begin", 3).set("count", 2), {{4, 8, 8}}) ==
        "node 'n' (slice): channels '3' to '4' are not all in input 0 of shape 4x8x8, which has 4");
  CHECK(rejected(Op(OpKind::channel_shuffle).set("groups", 3), {{4, 8, 8}}) ==
        "node 'n' (channel_shuffle): input 0 of shape 4x8x8 has 4 channels, expected a multiple of "
        "groups '3'");
  CHECK(rejected(Op(OpKind::multiply), {{4, 8, 8}, {3, 8, 8}}) ==
        "node 'n' (multiply): input 1 has shape 3x8x8, expected 4x8x8 as of input 0");
}

TEST_CASE("a shift that leaves nothing is rejected") {
  CHECK(rejected(Op(OpKind::shift).set("top", 1).set("left", 8), {{4, 8, 8}}) ==
        "node 'n' (shift): a shift by 1 rows and 8 columns leaves nothing of input 0 of shape "
        "4x8x8");
  CHECK(rejected(Op(OpKind::shift).set("top", 8), {{4, 8, 8}}).find("leaves nothing") !=
        std::string::npos);
}

TEST_CASE("an upsampling whose size is not clear is rejected") {
  CHECK(rejected(Op(OpKind::upsample).set("height", 16), {{4, 8, 8}}) ==
        "node 'n' (upsample): height '16' and width '0' must both be set, or neither");
  CHECK(rejected(Op(OpKind::upsample).set("height", 16).set("width", 16).set("factor_h", 2),
                 {{4, 8, 8}}) ==
        "node 'n' (upsample): both the size 16x16 and the factors 2x1 are set; set one of the two");
}

TEST_CASE("a gated mix takes its coefficients as they are") {
  CHECK(rejected(Op(OpKind::mix).set("gated", 1).set("softmax", 1), {{4}, {4}}) ==
        "node 'n' (mix): 'gated' and 'softmax' are both 1; a gated mix takes its coefficients as "
        "they are");
  CHECK(rejected(Op(OpKind::mix), {{4}, {5}}) ==
        "node 'n' (mix): input 1 has shape 5x1x1, expected 4x1x1 as of input 0");
}

TEST_CASE("a kernel as large as the padded input fits") {
  CHECK(inferred(convolution({.out_channels = 1, .kernel = 3}), {{1, 1, 1}}) == Shape{1, 1, 1});
}

TEST_CASE("a wrong number of inputs is rejected") {
  const Shape x{4, 8, 8};
  CHECK(rejected(Op(OpKind::relu), {}) == "node 'n' (relu): 'relu' takes 1 input, not 0");
  CHECK(rejected(Op(OpKind::relu), {x, x}) == "node 'n' (relu): 'relu' takes 1 input, not 2");
  CHECK(rejected(Op(OpKind::add), {x}) == "node 'n' (add): 'add' takes 2 or more inputs, not 1");
  CHECK(rejected(Op(OpKind::scale), {x}) == "node 'n' (scale): 'scale' takes 2 inputs, not 1");
  CHECK(rejected(input_op(x), {x}) == "node 'n' (input): 'input' takes 0 inputs, not 1");
}

TEST_CASE("an attribute without a default must be set") {
  CHECK(rejected(Op(OpKind::convolution), {{4, 8, 8}}) ==
        "node 'n' (convolution): attribute 'out_channels' must be set, to a value between 1 and "
        "1048576");
  CHECK(rejected(Op(OpKind::linear), {{4}}).find("'out_features' must be set") !=
        std::string::npos);
  CHECK(rejected(Op(OpKind::input), {}).find("'channels' must be set") != std::string::npos);
}

TEST_CASE("sizes that might overflow are rejected") {
  const double side = 65536, channels = 1 << 20;
  Op huge(OpKind::input);
  huge.set("channels", channels).set("height", side).set("width", side);
  CHECK(rejected(huge, {}) ==
        "node 'n' (input): the output 1048576x65536x65536 has more than 1099511627776 elements");
  CHECK(rejected(linear(1 << 20), {{256, 256, 256}}) ==
        "node 'n' (linear): the parameter 'weight' has more than 1099511627776 elements");
  CHECK(rejected(convolution({.out_channels = 256, .kernel = 101}), {{256, 2048, 2048}}) ==
        "node 'n' (convolution): the op needs more than 281474976710656 multiply-accumulates");
}

}  // namespace
}  // namespace nas
