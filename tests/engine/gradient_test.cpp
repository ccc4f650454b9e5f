// Every op's backward against central differences of its forward, in double.
#include <algorithm>
#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

#include "core/architecture/stored_tensors.hpp"
#include "core/base/random.hpp"
#include "core/engine/reference_network.hpp"
#include "tests/engine/one_op.hpp"
#include "tests/engine/op_cases.hpp"

using namespace nas;
using namespace nas::test;

namespace {

using Values = std::vector<double>;

/// Where both errors of a central difference are small: truncation, step^2 / 6 times a third
/// derivative (up to 3e4 behind a batch norm over channels that ReLU6 has nearly cut off: 5e-8),
/// and the rounding of a loss of order 10 (1e-15 / step).
constexpr double step = 3e-6;
/// Of the largest gradient of the tensor, or of 1 where that is smaller: twenty times the errors
/// above, and far less than what a wrong or missing term makes.
constexpr double tolerance = 1e-6;

/// loss = sum(output * weights), whose gradient is `weights`.
class GradientChecker {
 public:
  GradientChecker(const Architecture& net, Values input)
      : net_(net), network_(net, batch, Mode::training), input_(std::move(input)) {
    for (const StoredTensor& tensor : stored_tensors(net)) {
      if (!is_trainable(tensor.role)) continue;
      names_.push_back(tensor.name);
      for (double& value : network_.parameter(names_.back())) value = 0.7 * random_.normal();
    }
    weights_.resize(network_.forward(input_).size());
    for (double& value : weights_) value = random_.normal();
  }

  void set_open(const std::string& mix, const std::vector<bool>& inputs) {
    network_.set_open(mix, inputs);
  }

  /// The largest relative error over the input and every parameter.
  double largest_error() {
    network_.forward(input_);
    const Values input_gradient = network_.backward(weights_);
    double largest = error(input_gradient, differences(input_));
    for (const std::string& name : names_) {
      const double here = error(network_.gradient(name), differences(network_.parameter(name)));
      INFO(name);
      CHECK(here < tolerance);
      largest = std::max(largest, here);
    }
    return largest;
  }

  static constexpr std::int64_t batch = 3;

 private:
  double loss() {
    const Values output = network_.forward(input_);
    double sum = 0;
    for (std::size_t i = 0; i < output.size(); ++i) sum += output[i] * weights_[i];
    return sum;
  }

  Values differences(Values& values) {
    Values result;
    for (double& value : values) {
      const double before = value;
      value = before + step;
      const double above = loss();
      value = before - step;
      const double below = loss();
      value = before;
      result.push_back((above - below) / (2 * step));
    }
    return result;
  }

  static double error(const Values& analytic, const Values& numeric) {
    REQUIRE(analytic.size() == numeric.size());
    double scale = 1;
    double difference = 0;
    for (std::size_t i = 0; i < analytic.size(); ++i) {
      scale = std::max(scale, std::abs(analytic[i]));
      difference = std::max(difference, std::abs(analytic[i] - numeric[i]));
    }
    return difference / scale;
  }

  const Architecture& net_;
  ReferenceNetwork<double> network_;
  Values input_;
  Values weights_;
  std::vector<std::string> names_;
  Random random_{1};
};

/// Random values, all at least 0.05 from every multiple of 1/2: the kinks of ReLU, ReLU6 and the
/// hard sigmoid lie at 0, 6, and +-3.
Values away_from_kinks(const Shape& shape) {
  Random random(2);
  Values values(static_cast<std::size_t>(GradientChecker::batch * shape.elements()));
  for (double& value : values) {
    value = std::floor(random.uniform(-10, 16)) / 2 + random.uniform(0.05, 0.45);
  }
  return values;
}

void check_gradients(const Architecture& net) {
  const Shape shape = net.shape(net.input_nodes().front());
  CHECK(GradientChecker(net, away_from_kinks(shape)).largest_error() < tolerance);
}

void check_gradients(const Op& op, const Shape& shape) { check_gradients(one_op(op, {shape})); }

}  // namespace

TEST_CASE("the gradient check notices a derivative that is wrong") {
  // At its kink ReLU has a slope of 0 on one side and 1 on the other.
  const Architecture net = one_op(Op(OpKind::relu), {{2, 1, 1}});
  CHECK(GradientChecker(net, Values(6, 0.0)).largest_error() > 1000 * tolerance);
}

TEST_CASE("gradient of a convolution") {
  check_gradients(convolution({.out_channels = 3, .kernel = 3, .bias = true}), {2, 4, 5});
}
TEST_CASE("gradient of a strided convolution") {
  check_gradients(convolution({.out_channels = 3, .kernel = 5, .stride = 2}), {2, 5, 4});
}
TEST_CASE("gradient of a dilated convolution") {
  check_gradients(convolution({.out_channels = 2, .kernel = 3, .dilation = 2}), {2, 5, 5});
}
TEST_CASE("gradient of a depthwise convolution") {
  check_gradients(convolution({.out_channels = 4, .kernel = 3, .groups = 4}), {4, 4, 3});
}
TEST_CASE("gradient of a grouped convolution") {
  check_gradients(convolution({.out_channels = 6, .kernel = 3, .groups = 2, .bias = true}),
                  {4, 3, 3});
}
TEST_CASE("gradient of a pointwise convolution") {
  check_gradients(convolution({.out_channels = 5}), {3, 3, 2});
}
TEST_CASE("gradient of batch norm") { check_gradients(Op(OpKind::batch_norm), {3, 4, 3}); }
TEST_CASE("gradient of batch norm without affine parameters") {
  check_gradients(Op(OpKind::batch_norm).set("affine", 0), {3, 4, 3});
}
TEST_CASE("gradient of batch norm over vectors") { check_gradients(Op(OpKind::batch_norm), {5}); }
TEST_CASE("gradient of ReLU") { check_gradients(Op(OpKind::relu), {4, 4, 3}); }
TEST_CASE("gradient of ReLU6") { check_gradients(Op(OpKind::relu6), {4, 4, 3}); }
TEST_CASE("gradient of leaky ReLU") {
  check_gradients(Op(OpKind::leaky_relu).set("slope", 0.2), {4, 4, 3});
}
TEST_CASE("gradient of ELU") { check_gradients(Op(OpKind::elu).set("alpha", 1.5), {4, 4, 3}); }
TEST_CASE("gradient of tanh") { check_gradients(Op(OpKind::tanh), {4, 4, 3}); }
TEST_CASE("gradient of softplus") { check_gradients(Op(OpKind::softplus), {4, 4, 3}); }
TEST_CASE("gradient of swish") { check_gradients(Op(OpKind::swish), {4, 4, 3}); }
TEST_CASE("gradient of hard swish") { check_gradients(Op(OpKind::h_swish), {4, 4, 3}); }
TEST_CASE("gradient of sigmoid") { check_gradients(Op(OpKind::sigmoid), {4, 4, 3}); }
TEST_CASE("gradient of hard sigmoid") { check_gradients(Op(OpKind::h_sigmoid), {4, 4, 3}); }
TEST_CASE("gradient of global average pooling") {
  check_gradients(Op(OpKind::global_average_pool), {3, 3, 4});
}
TEST_CASE("gradient of global max pooling") {
  check_gradients(Op(OpKind::global_max_pool), {3, 3, 4});
}
TEST_CASE("gradient of max pooling") {
  check_gradients(with_window(Op(OpKind::max_pool), 3, 2, 1), {2, 5, 6});
}
TEST_CASE("gradient of average pooling, over the padding too and without") {
  const Op op = Op(OpKind::average_pool).set("include_padding", GENERATE(0, 1));
  check_gradients(with_window(op, 3, 2, 1), {2, 5, 6});
}
TEST_CASE("gradient of a slice of channels") {
  check_gradients(Op(OpKind::slice).set("begin", 1).set("count", 2), {4, 2, 3});
}
TEST_CASE("gradient of a channel shuffle") {
  check_gradients(Op(OpKind::channel_shuffle).set("groups", 2), {6, 2, 2});
}
TEST_CASE("gradient of a shift, with padding and without") {
  check_gradients(Op(OpKind::shift).set("top", 1).set("left", 2).set("pad", GENERATE(0, 1)),
                  {2, 3, 4});
  check_gradients(Op(OpKind::shift).set("top", 1).set("bottom", 2).set("right", 1), {2, 3, 4});
}
TEST_CASE("gradient of upsampling, to a multiple and to any size, nearest and bilinear") {
  const int bilinear = GENERATE(0, 1);
  check_gradients(
      Op(OpKind::upsample).set("factor_h", 2).set("factor_w", 3).set("bilinear", bilinear),
      {2, 3, 2});
  check_gradients(Op(OpKind::upsample).set("height", 5).set("width", 2).set("bilinear", bilinear),
                  {2, 3, 4});
}
TEST_CASE("gradient of zero: there is none") {
  check_gradients(Op(OpKind::zero).set("stride_h", 2), {2, 3, 3});
}
TEST_CASE("gradient of dropout") { check_gradients(Op(OpKind::dropout), {2, 3, 3}); }
TEST_CASE("gradient of drop path") {
  check_gradients(Op(OpKind::drop_path).set("p", 0.5), {2, 3, 3});
}
TEST_CASE("gradient of the identity") { check_gradients(Op(OpKind::identity), {2, 3, 3}); }
TEST_CASE("gradient of a linear layer") { check_gradients(linear(4), {3}); }
TEST_CASE("gradient of a linear layer without bias") { check_gradients(linear(2, false), {5}); }

TEST_CASE("gradient of add, through three readers of one node") {
  Architecture net;
  const NodeId x = net.add(input_op({2, 3, 3}), {});
  const NodeId a = net.add(convolution({.out_channels = 2, .kernel = 3}), {x});
  net.mark_output(net.add(Op(OpKind::add), {x, a, x}));
  check_gradients(net);
}

TEST_CASE("gradient of multiply, through both of its inputs and through one twice") {
  Architecture net;
  const NodeId x = net.add(input_op({2, 3, 3}), {});
  const NodeId a = net.add(convolution({.out_channels = 2, .kernel = 3}), {x});
  const NodeId product = net.add(Op(OpKind::multiply), {x, a});
  net.mark_output(net.add(Op(OpKind::multiply), {product, product}));
  check_gradients(net);
}

TEST_CASE("gradient of concat, through inputs of several widths") {
  Architecture net;
  const NodeId x = net.add(input_op({2, 3, 3}), {});
  const NodeId a = net.add(convolution({.out_channels = 3}), {x});
  net.mark_output(net.add(Op(OpKind::concat), {x, a, x}));
  check_gradients(net);
}

TEST_CASE("gradient of scale, through both of its inputs") {
  Architecture net;
  const NodeId x = net.add(input_op({3, 3, 2}), {});
  const NodeId pooled = net.add(Op(OpKind::global_average_pool), {x});
  const NodeId factor = net.add(convolution({.out_channels = 3, .bias = true}), {pooled});
  net.mark_output(net.add(Op(OpKind::scale), {x, factor}));
  check_gradients(net);
}

TEST_CASE("gradient of squeeze-and-excitation") {
  const OpKind gate = GENERATE(OpKind::sigmoid, OpKind::h_sigmoid);
  Architecture net;
  const NodeId x = net.add(input_op({4, 3, 3}), {});
  net.mark_output(add_squeeze_excitation(net, x, "se", 3, gate));
  check_gradients(net);
}

TEST_CASE("gradient of an inverted bottleneck with a residual and squeeze-and-excitation") {
  const OpKind activation = GENERATE(OpKind::relu6, OpKind::swish, OpKind::h_swish);
  Architecture net;
  const NodeId x = net.add(input_op({3, 4, 4}), {});
  net.mark_output(add_inverted_bottleneck(
      net, x, "block",
      {.out_channels = 3, .expansion = 2, .activation = activation, .se_hidden = 2}));
  check_gradients(net);
}

TEST_CASE("gradient of a whole small network") {
  Architecture net;
  NodeId x = net.add(input_op({1, 6, 6}), {});
  x = add_convolution_block(net, x, "stem", {.out_channels = 3, .kernel = 3}, {});
  x = add_inverted_bottleneck(net, x, "block", {.out_channels = 4, .expansion = 2, .stride = 2});
  add_classifier(net, x, 3);
  check_gradients(net);
}

namespace {

/// A convolution whose weight is a view of "stored".
void check_view(const ConvolutionSettings& settings, const Shape& shape,
                std::vector<std::int64_t> stored, std::vector<View> views) {
  Architecture net = one_op(convolution(settings), {shape});
  net.refer(net.outputs().front(), "weight", {"stored", std::move(stored), std::move(views)});
  check_gradients(net);
}

/// Mixes a convolution of the input, the input and its swish.
NodeId add_mix_of_three(Architecture& net, const Op& mix) {
  const NodeId x = net.add(input_op({2, 3, 3}), {});
  const NodeId a = net.add(convolution({.out_channels = 2, .kernel = 3}), {x});
  const NodeId b = net.add(Op(OpKind::swish), {x});
  return net.add(mix, {a, x, b}, "mix");
}

void check_mix_of_three(const Op& mix) {
  Architecture net;
  net.mark_output(add_mix_of_three(net, mix));
  check_gradients(net);
}

}  // namespace

TEST_CASE("gradient through ranges of channels") {
  check_view({.out_channels = 3, .kernel = 3}, {2, 4, 4}, {5, 4, 3, 3},
             {RangeView{.axis = 0, .begin = 1, .count = 3}, RangeView{.axis = 1, .count = 2}});
}
TEST_CASE("gradient through the centre of a kernel") {
  check_view({.out_channels = 2, .kernel = 3}, {2, 4, 4}, {2, 2, 7, 5}, {CentreView{3, 3}});
}
TEST_CASE("gradient through a transform, to the kernel and to the matrix") {
  check_view({.out_channels = 3, .kernel = 3, .groups = 3}, {3, 4, 4}, {3, 1, 3, 3},
             {TransformView{"matrix"}});
}
TEST_CASE("gradient through Once-for-All's chain of kernels") {
  check_view({.out_channels = 2, .kernel = 3, .groups = 2}, {2, 4, 4}, {3, 1, 7, 7},
             {CentreView{5, 5}, TransformView{"7to5"}, CentreView{3, 3}, TransformView{"5to3"},
              RangeView{.axis = 0, .count = 2}});
}
TEST_CASE("gradient through a reshape") {
  Architecture net = one_op(linear(3), {{4}});
  net.refer(
      net.outputs().front(), "weight",
      {"stored", {2, 12}, {RangeView{.axis = 0, .begin = 1, .count = 1}, ReshapeView{{3, 4}}}});
  check_gradients(net);
}
TEST_CASE("gradient of ranges of batch norm") {
  Architecture net = one_op(Op(OpKind::batch_norm), {{3, 4, 3}});
  net.refer(net.outputs().front(), "scale", {"scale", {5}, {RangeView{.begin = 1, .count = 3}}});
  check_gradients(net);
}
TEST_CASE("gradient of a tensor that two nodes use, one of them in part") {
  Architecture net;
  const NodeId x = net.add(input_op({2, 4, 4}), {});
  const NodeId a = net.add(convolution({.out_channels = 2, .kernel = 3}), {x}, "a");
  const NodeId b = net.add(convolution({.out_channels = 2}), {a}, "b");
  net.refer(b, "weight", {"a.weight", {2, 2, 3, 3}, {CentreView{1, 1}}});
  net.mark_output(b);
  check_gradients(net);
}
TEST_CASE("gradient of a mix with its coefficients as they are") {
  check_mix_of_three(Op(OpKind::mix));
}
TEST_CASE("gradient of a mix with the softmax of its coefficients") {
  check_mix_of_three(Op(OpKind::mix).set("softmax", 1));
}
TEST_CASE("gradient of a gated mix with a closed input, whose parameters have none") {
  Architecture net;
  net.mark_output(add_mix_of_three(net, Op(OpKind::mix).set("gated", 1)));
  for (const auto& open : {std::vector{true, true, false}, std::vector{false, true, true}}) {
    GradientChecker checker(net, away_from_kinks(net.shape(0)));
    checker.set_open("mix", open);
    CHECK(checker.largest_error() < tolerance);
  }
}
TEST_CASE("gradient of mixes that share rows of one matrix of coefficients") {
  Architecture net;
  const NodeId first = add_mix_of_three(net, Op(OpKind::mix).set("softmax", 1));
  const NodeId x = net.add(Op(OpKind::relu), {first});
  const NodeId second = net.add(Op(OpKind::mix).set("softmax", 1), {x, first, x}, "second");
  net.mark_output(second);
  const std::vector<std::int64_t> shape{4, 3};
  net.refer(first, "coefficient",
            {"alpha", shape, {RangeView{.begin = 1, .count = 1}, ReshapeView{{3}}}});
  net.refer(second, "coefficient",
            {"alpha", shape, {RangeView{.begin = 3, .count = 1}, ReshapeView{{3}}}});
  check_gradients(net);
}
