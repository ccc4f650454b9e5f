// What max pooling does where values are equal, or are no numbers: as PyTorch.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include "core/base/random.hpp"
#include "core/engine/program.hpp"
#include "core/engine/reference_network.hpp"
#include "tests/engine/one_op.hpp"
#include "tests/engine/op_cases.hpp"

using namespace nas;
using namespace nas::test;

namespace {

/// Runs `op` on values that are parameters, so that they have gradients: an image that is 1 in its
/// first pixel, convolved with a kernel that reaches from there to every pixel.
class OnParameters {
 public:
  OnParameters(const Op& op, const Shape& shape) : shape_(shape) {
    const NodeId image = net_.add(input_op(shape), {}, "image");
    const Op values = Op(OpKind::convolution)
                          .set("out_channels", static_cast<double>(shape.channels))
                          .set("groups", static_cast<double>(shape.channels))
                          .set("kernel_h", static_cast<double>(2 * shape.height - 1))
                          .set("kernel_w", static_cast<double>(2 * shape.width - 1))
                          .set("padding_h", static_cast<double>(shape.height - 1))
                          .set("padding_w", static_cast<double>(shape.width - 1));
    net_.mark_output(net_.add(op, {net_.add(values, {image}, "values")}, "op"));
    store_.prepare(net_, 1);
  }

  /// The gradient of the sum of the outputs.
  std::vector<float> gradient(const std::vector<float>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      store_.at("values.weight").value.data()[weight(i)] = values[i];
    }
    Program program(net_, store_, {.batch = 1, .mode = Mode::training});
    std::ranges::fill(program.input(), 0.0F);
    for (std::int64_t c = 0; c < shape_.channels; ++c) {
      program.input()[static_cast<std::size_t>(c * shape_.pixels())] = 1;
    }
    program.forward();
    std::ranges::fill(program.output_gradient(), 1.0F);
    program.backward();
    std::vector<float> result;
    for (std::size_t i = 0; i < values.size(); ++i) {
      result.push_back(program.gradients().front().gradient[weight(i)]);
    }
    return result;
  }

 private:
  /// The weight that is the value with index `i`: pixel (y, x) reads the first pixel through the
  /// weight as far from the kernel's centre, the other way.
  std::size_t weight(std::size_t i) const {
    const auto position = static_cast<std::int64_t>(i);
    const std::int64_t x = position % shape_.width;
    const std::int64_t y = position / shape_.width % shape_.height;
    const std::int64_t channel = position / shape_.pixels();
    const std::int64_t row = channel * (2 * shape_.height - 1) + shape_.height - 1 - y;
    return static_cast<std::size_t>(row * (2 * shape_.width - 1) + shape_.width - 1 - x);
  }

  Shape shape_;
  Architecture net_;
  ParameterStore store_;
};

}  // namespace

TEST_CASE("of equal values in a window the first gets the gradient") {
  // Overlapping windows of 3 on 1 x 5 ones, columns 0-2 and 2-4: the first pixel of each.
  const Op op = with_window(Op(OpKind::max_pool), 3, 2, 0).set("kernel_h", 1);
  ReferenceNetwork<float> reference(one_op(op, {{1, 1, 5}}), 1, Mode::training);
  reference.forward(std::vector<float>(5, 1.0F));
  CHECK(reference.backward(std::vector<float>(2, 1.0F)) == std::vector<float>{1, 0, 1, 0, 0});

  ReferenceNetwork<float> global(one_op(Op(OpKind::global_max_pool), {{1, 2, 3}}), 1,
                                 Mode::training);
  global.forward(std::vector<float>{-1, 7, 2, 7, 7, 0});
  CHECK(global.backward(std::vector<float>{5}) == std::vector<float>{0, 5, 0, 0, 0, 0});
}

TEST_CASE("a compiled max pool breaks ties as the reference does") {
  // Values from 0 to 2 tie in nearly every window; 17 channels leave padding in their blocks.
  const Shape shape{17, 6, 7};
  const Op op = GENERATE(with_window(Op(OpKind::max_pool), 3, 1, 1),
                         with_window(Op(OpKind::max_pool), 3, 2, 1), Op(OpKind::global_max_pool));
  std::vector<float> input(static_cast<std::size_t>(shape.elements()));
  Random random(1);
  for (float& value : input) value = static_cast<float>(random.below(3));
  ReferenceNetwork<float> reference(one_op(op, {shape}), 1, Mode::training);
  const std::size_t outputs = reference.forward(input).size();
  const std::vector<float> expected = reference.backward(std::vector<float>(outputs, 1.0F));
  CHECK(OnParameters(op, shape).gradient(input) == expected);
}

TEST_CASE("max pooling hands on what is not a number, and what is infinite") {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  constexpr float infinity = std::numeric_limits<float>::infinity();
  const Op op = with_window(Op(OpKind::max_pool), 2, 2, 0);
  // Three windows of 2 x 2: NaN before and after a number, all -infinity, and infinity.
  const std::vector<float> input = {1,   nan, -infinity, -infinity, 3, infinity,
                                    nan, 9,   -infinity, -infinity, 4, 5};
  const Architecture net = one_op(op, {{1, 2, 6}});
  ParameterStore store;
  Program program(net, store, {.batch = 1});
  std::ranges::copy(input, program.input().begin());
  program.forward();
  const auto check = [&](auto output) {
    REQUIRE(output.size() == 3);
    CHECK(std::isnan(output[0]));
    CHECK(output[1] == -infinity);
    CHECK(output[2] == infinity);
  };
  check(program.output());
  check(ReferenceNetwork<float>(net, 1, Mode::inference).forward(input));
}
