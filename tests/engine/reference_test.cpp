// The reference kernels against values worked out by hand: what everything else is compared with.
#include <cmath>
#include <map>
#include <set>
#include <span>
#include <vector>

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"
#include "core/base/random.hpp"
#include "core/engine/reference_network.hpp"
#include "tests/engine/one_op.hpp"

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

namespace {

/// Grows networks of every op, with branches of several lengths that are alive at once.
class RandomNetwork {
 public:
  explicit RandomNetwork(std::uint64_t seed) : random_(seed) {
    nodes_.push_back(net_.add(input_op({3, 9, 8}), {}));
    for (int i = 0; i < 16; ++i) nodes_.push_back(grow());
    finish();
  }
  const Architecture& net() const { return net_; }

 private:
  NodeId any() { return nodes_[random_.below(nodes_.size())]; }

  NodeId grow() {
    const NodeId from = random_.chance(0.7) ? nodes_.back() : any();
    switch (random_.below(5)) {
      case 0:
        return net_.add(convolution({.out_channels = 2 + static_cast<int>(random_.below(5)),
                                     .kernel = random_.chance(0.5) ? 3 : 1,
                                     .stride = random_.chance(0.3) ? 2 : 1,
                                     .bias = random_.chance(0.5)}),
                        {from});
      case 1:
        return net_.add(Op(OpKind::batch_norm), {from});
      case 2: {
        const OpKind kinds[] = {OpKind::relu,    OpKind::relu6,   OpKind::swish,
                                OpKind::h_swish, OpKind::sigmoid, OpKind::h_sigmoid};
        return net_.add(Op(kinds[random_.below(std::size(kinds))]), {from});
      }
      case 3: {
        const NodeId pooled = net_.add(Op(OpKind::global_average_pool), {from});
        const NodeId gate = net_.add(Op(OpKind::sigmoid), {pooled});
        return net_.add(Op(OpKind::scale), {from, gate});
      }
      default: {
        for (const NodeId other : nodes_) {
          if (other != from && net_.shape(other) == net_.shape(from)) {
            return net_.add(Op(OpKind::add), {from, other});
          }
        }
        return net_.add(Op(OpKind::relu), {from});
      }
    }
  }

  /// Whatever nobody reads goes through a linear layer of its own into the output.
  void finish() {
    std::vector<NodeId> logits;
    for (const NodeId node : nodes_) {
      if (!net_.consumers(node).empty()) continue;
      const NodeId pooled = net_.add(Op(OpKind::global_average_pool), {node});
      logits.push_back(net_.add(linear(4), {pooled}));
    }
    NodeId output = logits.front();
    for (std::size_t i = 1; i < logits.size(); ++i) {
      output = net_.add(Op(OpKind::add), {output, logits[i]});
    }
    net_.mark_output(output);
  }

  Random random_;
  Architecture net_;
  std::vector<NodeId> nodes_;
};

}  // namespace

TEST_CASE("the reference network allocates at its peak what the cost model says") {
  std::set<OpKind> seen;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Architecture net = RandomNetwork(seed).net();
    for (NodeId node = 0; node < net.size(); ++node) seen.insert(net.op(node).kind());
    ReferenceNetwork<float> network(net, 1, Mode::inference);
    network.forward(std::vector<float>(3 * 9 * 8, 1.0F));
    INFO("seed " << seed);
    CHECK(static_cast<std::int64_t>(network.peak_bytes()) == cost(net).ram);
  }
  CHECK(seen.size() == op_table().size());
}

TEST_CASE("taking over storage does not change what comes out") {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const Architecture net = RandomNetwork(seed).net();
    ParameterStore store;
    store.prepare(net, seed);
    Random random(seed);
    std::vector<float> image(3 * 9 * 8);
    for (float& value : image) value = static_cast<float>(random.normal());

    // Every activation is an output of its own here, so that none may be overwritten.
    Architecture kept = net;
    for (NodeId node = 0; node + 1 < net.size(); ++node) kept.mark_output(node);
    ReferenceNetwork<float> overwriting(net, 1, Mode::inference);
    ReferenceNetwork<float> keeping(kept, 1, Mode::inference);
    overwriting.load(store);
    keeping.load(store);
    INFO("seed " << seed);
    CHECK(overwriting.forward(image) == keeping.forward(image));
    CHECK(overwriting.peak_bytes() < keeping.peak_bytes());
  }
}
