// The reference kernels against values worked out by hand: what everything else is compared with.
#include <cmath>
#include <limits>
#include <map>
#include <span>
#include <vector>

#include <catch2/catch.hpp>

#include "core/base/error.hpp"
#include "core/engine/reference_network.hpp"
#include "tests/engine/one_op.hpp"
#include "tests/engine/op_cases.hpp"

using namespace nas;
using namespace nas::test;

namespace {

using Values = std::vector<double>;
using Parameters = std::map<ParameterRole, Values>;

/// Values worked out with a dozen digits, in arithmetic of sixteen.
constexpr double hand_tolerance = 1e-12;

Values run(const Op& op, const Shape& shape, const Values& input, const Parameters& parameters = {},
           std::int64_t batch = 1, Mode mode = Mode::inference) {
  const Architecture net = one_op(op, {shape});
  ReferenceNetwork<double> network(net, batch, mode);
  for (const auto& [role, values] : parameters) {
    network.parameter(parameter_of(net, "op", role)) = values;
  }
  return network.forward(input);
}

void check_equal(const Values& actual, const Values& expected) {
  REQUIRE(actual.size() == expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    INFO("element " << i);
    CHECK(actual[i] == Approx(expected[i]).margin(hand_tolerance));
  }
}

const Values one_to_nine = {1, 2, 3, 4, 5, 6, 7, 8, 9};
const Values nine_ones(9, 1.0);

}  // namespace

TEST_CASE("a 3x3 convolution sums its neighbourhood, with zeros around the image") {
  check_equal(run(convolution({.out_channels = 1, .kernel = 3}), {1, 3, 3}, one_to_nine,
                  {{ParameterRole::weight, nine_ones}}),
              {12, 21, 16, 27, 45, 33, 24, 39, 28});
}

TEST_CASE("a convolution does not flip its kernel") {
  Values top_left(9, 0.0);
  top_left[0] = 1;
  check_equal(run(convolution({.out_channels = 1, .kernel = 3}), {1, 3, 3}, one_to_nine,
                  {{ParameterRole::weight, top_left}}),
              {0, 0, 0, 0, 1, 2, 0, 4, 5});
}

TEST_CASE("a strided convolution starts at the first pixel") {
  check_equal(run(convolution({.out_channels = 1, .kernel = 3, .stride = 2}), {1, 3, 3},
                  one_to_nine, {{ParameterRole::weight, nine_ones}}),
              {12, 16, 24, 28});
}

TEST_CASE("a dilated convolution reads every second pixel") {
  check_equal(run(convolution({.out_channels = 1, .kernel = 3, .dilation = 2}), {1, 3, 3},
                  one_to_nine, {{ParameterRole::weight, nine_ones}}),
              {20, 10, 20, 10, 5, 10, 20, 10, 20});
}

TEST_CASE("a convolution may be wider than it is high") {
  Op op = convolution({.out_channels = 1, .kernel = 3});
  op.set("kernel_h", 1).set("padding_h", 0);
  check_equal(run(op, {1, 2, 3}, {1, 2, 3, 4, 5, 6}, {{ParameterRole::weight, Values{1, 10, 100}}}),
              {210, 321, 32, 540, 654, 65});
}

TEST_CASE("a convolution may stride along one axis and go without padding along the other") {
  Op op = convolution({.out_channels = 1, .kernel = 3});
  op.set("stride_h", 2).set("padding_w", 0);
  check_equal(run(op, {1, 3, 3}, one_to_nine, {{ParameterRole::weight, nine_ones}}), {21, 39});
}

TEST_CASE("a pointwise convolution mixes channels and adds its bias") {
  check_equal(
      run(convolution({.out_channels = 2, .bias = true}), {2, 1, 2}, {1, 2, 3, 4},
          {{ParameterRole::weight, Values{1, 10, -1, 2}}, {ParameterRole::bias, Values{0.5, 100}}}),
      {31.5, 42.5, 105, 106});
}

TEST_CASE("a grouped convolution keeps its groups apart") {
  check_equal(run(convolution({.out_channels = 4, .groups = 2}), {2, 1, 2}, {1, 2, 3, 4},
                  {{ParameterRole::weight, Values{1, 2, 3, 4}}}),
              {1, 2, 2, 4, 9, 12, 12, 16});
}

TEST_CASE("convolutions treat the samples of a batch alike") {
  check_equal(run(convolution({.out_channels = 1, .kernel = 3}), {1, 1, 2}, {1, 2, 3, 4},
                  {{ParameterRole::weight, nine_ones}}, 2),
              {3, 3, 7, 7});
}

TEST_CASE("batch norm in inference uses the running statistics") {
  const Op op = Op(OpKind::batch_norm).set("epsilon", 0.25);
  check_equal(run(op, {2, 1, 2}, {1, 2, 3, 4},
                  {{ParameterRole::scale, Values{2, 1}},
                   {ParameterRole::shift, Values{0, 10}},
                   {ParameterRole::running_mean, Values{1, 2}},
                   {ParameterRole::running_variance, Values{0.75, 3.75}}}),
              {0, 2, 10.5, 11});
}

TEST_CASE("batch norm in training uses the mean and biased variance of the batch") {
  const Architecture net = one_op(Op(OpKind::batch_norm).set("epsilon", 0.75), {{2, 1, 2}});
  ReferenceNetwork<double> network(net, 2, Mode::training);
  network.parameter(parameter_of(net, "op", ParameterRole::scale)) = {1, 1};
  network.parameter(parameter_of(net, "op", ParameterRole::shift)) = {0, 3};
  // Channel 0 holds 1, 2, 3, 4 (mean 2.5, variance 1.25), channel 1 holds -1, -1, 0, 0.
  const Values input = {1, 2, -1, -1, 3, 4, 0, 0};
  const double low = 1 / std::sqrt(2.0);
  check_equal(network.forward(input),
              {-1.5 * low, -0.5 * low, 2.5, 2.5, 0.5 * low, 1.5 * low, 3.5, 3.5});
  check_equal(network.batch_mean("op"), {2.5, -0.5});
  check_equal(network.batch_variance("op"), {1.25, 0.25});
}

TEST_CASE("activations have their textbook values") {
  const Values input = {-4, -1.5, 0, 1, 5, 7};
  const auto s = [](double x) { return 1 / (1 + std::exp(-x)); };
  const Shape shape{6};
  check_equal(run(Op(OpKind::relu), shape, input), {0, 0, 0, 1, 5, 7});
  check_equal(run(Op(OpKind::relu6), shape, input), {0, 0, 0, 1, 5, 6});
  check_equal(run(Op(OpKind::sigmoid), shape, input), {s(-4), s(-1.5), 0.5, s(1), s(5), s(7)});
  check_equal(run(Op(OpKind::swish), shape, input),
              {-4 * s(-4), -1.5 * s(-1.5), 0, s(1), 5 * s(5), 7 * s(7)});
  check_equal(run(Op(OpKind::h_sigmoid), shape, input), {0, 0.25, 0.5, 4.0 / 6, 1, 1});
  check_equal(run(Op(OpKind::h_swish), shape, input), {0, -0.375, 0, 4.0 / 6, 5, 7});
  check_equal(run(Op(OpKind::leaky_relu).set("slope", 0.5), shape, input), {-2, -0.75, 0, 1, 5, 7});
  check_equal(run(Op(OpKind::elu).set("alpha", 2), shape, input),
              {2 * (std::exp(-4) - 1), 2 * (std::exp(-1.5) - 1), 0, 1, 5, 7});
  check_equal(run(Op(OpKind::tanh), {3}, {-1, 0, 2}), {std::tanh(-1), 0, std::tanh(2)});
  check_equal(run(Op(OpKind::softplus), {3}, {0, 2, 21}),
              {std::log(2), std::log(1 + std::exp(2)), 21});
}

TEST_CASE("batch norm without affine parameters only normalises") {
  const Op op = Op(OpKind::batch_norm).set("epsilon", 0.25).set("affine", 0);
  check_equal(run(op, {2, 1, 2}, {1, 2, 3, 4},
                  {{ParameterRole::running_mean, Values{1, 2}},
                   {ParameterRole::running_variance, Values{0.75, 3.75}}}),
              {0, 1, 0.5, 1});
}

TEST_CASE("add sums its inputs, a node that is named twice included") {
  Architecture net;
  const NodeId x = net.add(input_op({3}), {});
  const NodeId negative = net.add(Op(OpKind::relu), {x});
  net.mark_output(net.add(Op(OpKind::add), {x, negative, x}));
  check_equal(ReferenceNetwork<double>(net, 1, Mode::inference).forward(Values{1, -2, 3}),
              {3, -4, 9});
}

TEST_CASE("scale multiplies each channel by its factor") {
  Architecture net;
  const NodeId x = net.add(input_op({2, 1, 2}), {});
  const NodeId mean = net.add(Op(OpKind::global_average_pool), {x});
  net.mark_output(net.add(Op(OpKind::scale), {x, mean}));
  check_equal(
      ReferenceNetwork<double>(net, 2, Mode::inference).forward(Values{1, 3, 5, 5, -1, 1, 0, 8}),
      {2, 6, 25, 25, 0, 0, 0, 32});
}

TEST_CASE("max pooling takes the largest value of each window") {
  check_equal(run(with_window(Op(OpKind::max_pool), 3, 1, 1), {1, 3, 3}, one_to_nine),
              {5, 6, 6, 8, 9, 9, 8, 9, 9});
  check_equal(run(with_window(Op(OpKind::max_pool), 2, 2, 0), {1, 3, 3}, one_to_nine), {5});
  check_equal(run(with_window(Op(OpKind::max_pool), 3, 2, 1), {1, 2, 2}, {-4, -3, -2, -1}), {-1});
}

TEST_CASE("average pooling divides by what lies in the image, or by the whole window") {
  const Op op = with_window(Op(OpKind::average_pool), 3, 1, 1);
  check_equal(run(op, {1, 3, 3}, one_to_nine), {3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7});
  Values ninths = {12, 21, 16, 27, 45, 33, 24, 39, 28};
  for (double& value : ninths) value /= 9;
  check_equal(run(Op(op).set("include_padding", 1), {1, 3, 3}, one_to_nine), ninths);
}

TEST_CASE("global max pooling gives one value for each channel of each sample") {
  check_equal(run(Op(OpKind::global_max_pool), {2, 2, 2},
                  {1, 2, 3, 4, 0, 0, 0, -8, -5, -6, -7, -8, -1, 1, 1, 0}, {}, 2),
              {4, 0, -5, 1});
}

TEST_CASE("concat and slice keep the order of channels within each sample") {
  Architecture net;
  const NodeId x = net.add(input_op({3, 1, 2}), {});
  const NodeId last = net.add(Op(OpKind::slice).set("begin", 2).set("count", 1), {x});
  const NodeId first = net.add(Op(OpKind::slice).set("count", 2), {x});
  net.mark_output(net.add(Op(OpKind::concat), {last, first, last}));
  check_equal(ReferenceNetwork<double>(net, 2, Mode::inference)
                  .forward(Values{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}),
              {5, 6, 1, 2, 3, 4, 5, 6, 11, 12, 7, 8, 9, 10, 11, 12});
}

TEST_CASE("a channel shuffle deals the groups out in turn, and back by the number of columns") {
  const Values six = {0, 1, 2, 3, 4, 5};
  const Values dealt = run(Op(OpKind::channel_shuffle).set("groups", 2), {6}, six);
  check_equal(dealt, {0, 3, 1, 4, 2, 5});
  check_equal(run(Op(OpKind::channel_shuffle).set("groups", 3), {6}, dealt), six);
}

TEST_CASE("a shift drops the first rows and columns, with zeros behind the last or without") {
  const Op shift = Op(OpKind::shift).set("top", 1).set("left", 1);
  check_equal(run(shift, {1, 3, 3}, one_to_nine), {5, 6, 0, 8, 9, 0, 0, 0, 0});
  check_equal(run(Op(shift).set("pad", 0), {1, 3, 3}, one_to_nine), {5, 6, 8, 9});
  check_equal(run(Op(shift).set("bottom", 1).set("pad", 0), {1, 3, 3}, one_to_nine),
              {5, 6, 8, 9, 0, 0});
}

TEST_CASE("zero hides even what is not finite") {
  check_equal(run(Op(OpKind::zero).set("stride_w", 2), {1, 1, 3},
                  {std::numeric_limits<double>::quiet_NaN(), 1, 2}),
              {0, 0});
}

TEST_CASE("multiply goes element by element") {
  Architecture net;
  const NodeId x = net.add(input_op({3}), {});
  const NodeId positive = net.add(Op(OpKind::relu), {x});
  net.mark_output(net.add(Op(OpKind::multiply), {x, positive}));
  check_equal(ReferenceNetwork<double>(net, 1, Mode::inference).forward(Values{3, -2, 1}),
              {9, 0, 1});
}

TEST_CASE("upsampling repeats pixels or draws lines between their centres, as PyTorch does") {
  const Op twice = Op(OpKind::upsample).set("factor_h", 2).set("factor_w", 2);
  check_equal(run(twice, {1, 1, 2}, {1, 2}), {1, 1, 2, 2, 1, 1, 2, 2});
  const Op wide = Op(OpKind::upsample).set("factor_w", 2).set("bilinear", 1);
  check_equal(run(wide, {1, 1, 2}, {1, 2}), {1, 1.25, 1.75, 2});
  const Op narrow = Op(OpKind::upsample).set("height", 1).set("width", 3);
  check_equal(run(narrow, {1, 1, 5}, {0, 1, 2, 3, 4}), {0, 1, 3});
  check_equal(run(Op(narrow).set("bilinear", 1), {1, 1, 5}, {0, 1, 2, 3, 4}),
              {1.0 / 3, 2, 11.0 / 3});
}

TEST_CASE("a mix weighs its inputs with its coefficients, or with their softmax") {
  const auto mixed = [](const Op& op) {
    Architecture net;
    const NodeId x = net.add(input_op({3}), {});
    const NodeId positive = net.add(Op(OpKind::relu), {x});
    net.mark_output(net.add(op, {x, positive}, "op"));
    ReferenceNetwork<double> network(net, 1, Mode::inference);
    network.parameter("op.coefficient") = {std::log(3.0), 0.0};
    return network.forward(Values{1, -2, 3});
  };
  check_equal(mixed(Op(OpKind::mix)), {std::log(3.0), -2 * std::log(3.0), 3 * std::log(3.0)});
  check_equal(mixed(Op(OpKind::mix).set("softmax", 1)), {1, -1.5, 3});
}

TEST_CASE("global average pooling gives one mean for each channel of each sample") {
  check_equal(run(Op(OpKind::global_average_pool), {2, 2, 2},
                  {1, 2, 3, 4, 0, 0, 0, 8, 5, 5, 5, 5, -1, 1, -1, 1}, {}, 2),
              {2.5, 2, 5, 0});
}

TEST_CASE("a linear layer has one row of weights for each output") {
  check_equal(run(linear(2), {3}, {1, 2, 3, 0, 1, 0},
                  {{ParameterRole::weight, Values{1, 2, 3, -1, 0, 1}},
                   {ParameterRole::bias, Values{0.5, -0.5}}},
                  2),
              {14.5, 1.5, 2.5, -0.5});
}

TEST_CASE("a linear layer may go without a bias") {
  check_equal(run(linear(1, false), {2}, {3, 4}, {{ParameterRole::weight, Values{1, -1}}}), {-1});
}

TEST_CASE("an input of the wrong size is refused with both sizes") {
  ReferenceNetwork<float> network(one_op(Op(OpKind::relu), {{2, 3, 3}}), 2, Mode::inference);
  CHECK_THROWS_WITH(network.forward(std::vector<float>(5)),
                    Catch::Contains("'5'") && Catch::Contains("36"));
}

TEST_CASE("a gradient of the wrong size is refused with both sizes") {
  ReferenceNetwork<float> network(one_op(Op(OpKind::relu), {{2, 3, 3}}), 2, Mode::training);
  network.forward(std::vector<float>(36));
  CHECK_THROWS_WITH(network.backward(std::vector<float>(7)),
                    Catch::Contains("'7'") && Catch::Contains("36"));
}

TEST_CASE("every op has a reference kernel but the input") {
  for (const OpRow& row : op_table()) {
    INFO(row.name);
    if (row.kind == OpKind::input) {
      CHECK_THROWS_AS(reference::kernel<float>(row.kind), Error);
    } else {
      CHECK(reference::kernel<float>(row.kind).kind == row.kind);
      CHECK(reference::kernel<double>(row.kind).kind == row.kind);
    }
  }
}
