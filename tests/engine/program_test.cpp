#include "core/engine/program.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <omp.h>

#include "core/base/error.hpp"
#include "core/base/random.hpp"
#include "core/engine/optimizer.hpp"
#include "core/engine/reference_network.hpp"
#include "tests/base/rejection.hpp"
#include "tests/engine/program_networks.hpp"

using namespace nas;
using namespace nas::test;

namespace {

/// Relative to the largest value of a tensor. Sums over a few thousand floats in another order
/// differ by about 1e-5; the nets below are up to 30 layers deep.
constexpr double tolerance = 2e-4;

std::vector<float> random_values(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

/// Batch norm at its initial values hides whether scale, shift and statistics are read at all.
ParameterStore random_store(const Architecture& net, std::uint64_t seed) {
  ParameterStore store;
  store.prepare(net, seed);
  for (const auto& [name, parameter] : store.all()) {
    if (parameter->role == ParameterRole::weight || parameter->role == ParameterRole::bias)
      continue;
    Random random(derive_seed(seed, name));
    for (float& value : parameter->value.values()) {
      value = static_cast<float>(parameter->role == ParameterRole::shift ||
                                         parameter->role == ParameterRole::running_mean
                                     ? random.uniform(-0.5, 0.5)
                                     : random.uniform(0.5, 1.5));
    }
  }
  return store;
}

template <typename Actual, typename Expected>
void check_close(const std::string& what, const Actual& actual, const Expected& expected) {
  INFO(what);
  REQUIRE(actual.size() == expected.size());
  double largest = 1e-3;
  double difference = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto wanted = static_cast<double>(expected[i]);
    largest = std::max(largest, std::abs(wanted));
    const double error = std::abs(static_cast<double>(actual[i]) - wanted);
    difference = std::isnan(error) ? HUGE_VAL : std::max(difference, error);
  }
  CHECK(difference <= tolerance * largest);
}

std::vector<double> widened(const std::vector<float>& values) {
  return {values.begin(), values.end()};
}

void check_inference(const Architecture& net, std::int64_t batch) {
  ParameterStore store = random_store(net, 1);
  Program program(net, store, {.batch = batch, .mode = Mode::inference});
  ReferenceNetwork<double> reference(net, batch, Mode::inference);
  reference.load(store);
  const std::vector<float> image = random_values(program.input().size(), 2);
  std::ranges::copy(image, program.input().begin());
  program.forward();
  check_close("output in inference mode", program.output(), reference.forward(widened(image)));
  CHECK(program.gradients().empty());
  CHECK(program.batch_statistics().empty());
}

std::string node_of(const std::string& parameter) {
  return parameter.substr(0, parameter.rfind('.'));
}

void check_training(const Architecture& net, std::int64_t batch) {
  ParameterStore store = random_store(net, 3);
  Program program(net, store, {.batch = batch, .mode = Mode::training});
  ReferenceNetwork<double> reference(net, batch, Mode::training);
  reference.load(store);
  const std::vector<float> image = random_values(program.input().size(), 4);
  std::ranges::copy(image, program.input().begin());
  program.forward();
  check_close("output in training mode", program.output(), reference.forward(widened(image)));
  for (const BatchStatistics& statistics : program.batch_statistics()) {
    const std::string node = node_of(statistics.running_mean->name);
    CHECK(node == node_of(statistics.running_variance->name));
    check_close("batch mean of " + node, statistics.mean, reference.batch_mean(node));
    check_close("batch variance of " + node, statistics.variance, reference.batch_variance(node));
  }

  const std::vector<float> gradient = random_values(program.output_gradient().size(), 5);
  std::ranges::copy(gradient, program.output_gradient().begin());
  program.backward();
  reference.backward(widened(gradient));
  std::size_t trained = 0;
  for (const auto& [name, parameter] : store.all()) trained += is_trainable(parameter->role);
  CHECK(program.gradients().size() == trained);
  for (const ParameterGradient& computed : program.gradients()) {
    const std::string& name = computed.parameter->name;
    check_close("gradient of " + name, computed.gradient, reference.gradient(name));
  }
}

void check_matches_reference(const Architecture& net) {
  for (const std::int64_t batch : {1, 5}) {
    INFO("batch " << batch);
    check_inference(net, batch);
    check_training(net, batch);
  }
}

/// All that a training step computes, bit for bit.
std::vector<float> results_of_a_step(Program& program) {
  std::ranges::copy(random_values(program.input().size(), 7), program.input().begin());
  program.forward();
  std::vector<float> results(program.output().begin(), program.output().end());
  std::ranges::copy(random_values(program.output_gradient().size(), 8),
                    program.output_gradient().begin());
  program.backward();
  for (const ParameterGradient& gradient : program.gradients()) {
    results.insert(results.end(), gradient.gradient.begin(), gradient.gradient.end());
  }
  return results;
}

}  // namespace

TEST_CASE("compiled convolutions equal the reference at odd sizes") {
  const std::int64_t kernel = GENERATE(1, 3, 5);
  const std::int64_t stride = GENERATE(1, 2);
  const std::int64_t channels = GENERATE(3, 20);
  CAPTURE(kernel, stride, channels);
  check_matches_reference(behind_stem(
      convolution({.out_channels = 13, .kernel = kernel, .stride = stride, .bias = stride == 2}),
      {channels, 9, 7}));
}

TEST_CASE("compiled convolutions equal the reference where blocks of channels are full") {
  check_matches_reference(
      behind_stem(convolution({.out_channels = 32, .kernel = 3, .bias = true}), {16, 8, 8}));
}

TEST_CASE("compiled dilated convolutions equal the reference") {
  check_matches_reference(
      behind_stem(convolution({.out_channels = 9, .kernel = 3, .dilation = 2}), {10, 9, 8}));
}

TEST_CASE("compiled grouped convolutions equal the reference") {
  const std::int64_t groups = GENERATE(2, 3, 6);
  CAPTURE(groups);
  check_matches_reference(behind_stem(
      convolution({.out_channels = 18, .kernel = 3, .groups = groups, .bias = true}), {12, 7, 6}));
}

TEST_CASE("compiled depthwise convolutions equal the reference") {
  const std::int64_t kernel = GENERATE(1, 3, 5, 7);
  const std::int64_t stride = GENERATE(1, 2);
  const std::int64_t channels = GENERATE(11, 16, 24);
  CAPTURE(kernel, stride, channels);
  check_matches_reference(behind_stem(
      convolution(
          {.out_channels = channels, .kernel = kernel, .stride = stride, .groups = channels}),
      {channels, 9, 11}));
}

TEST_CASE(
    "compiled depthwise convolutions with bias, dilation or a multiplier equal the reference") {
  check_matches_reference(behind_stem(
      convolution({.out_channels = 24, .kernel = 5, .groups = 24, .bias = true}), {24, 8, 8}));
  check_matches_reference(behind_stem(
      convolution({.out_channels = 24, .kernel = 5, .dilation = 2, .groups = 24}), {24, 9, 9}));
  check_matches_reference(
      behind_stem(convolution({.out_channels = 24, .kernel = 5, .groups = 8}), {8, 9, 9}));
}

TEST_CASE("compiled convolutions with unequal kernels, strides and padding equal the reference") {
  Op op = convolution({.out_channels = 12, .kernel = 1});
  op.set("kernel_w", 5).set("padding_w", 1).set("stride_h", 2);
  check_matches_reference(behind_stem(op, {8, 9, 10}));
  Op depthwise = convolution({.out_channels = 8, .kernel = 5, .groups = 8});
  depthwise.set("kernel_h", 2).set("padding_h", 1).set("padding_w", 0).set("stride_w", 2);
  check_matches_reference(behind_stem(depthwise, {8, 9, 10}));
}

TEST_CASE("compiled batch norm equals the reference, alone and before each activation") {
  const std::int64_t channels = GENERATE(5, 16, 24);
  CAPTURE(channels);
  check_matches_reference(behind_stem(Op(OpKind::batch_norm), {channels, 5, 7}));
  for (const OpKind kind : {OpKind::relu, OpKind::relu6, OpKind::swish}) {
    Architecture net;
    NodeId x = add_stem(net, {channels, 5, 7});
    x = net.add(Op(OpKind::batch_norm), {x}, "norm");
    net.mark_output(net.add(Op(kind), {x}, "activation"));
    check_matches_reference(net);
  }
}

TEST_CASE("a batch norm whose value others read too is not fused with its ReLU") {
  Architecture net;
  NodeId x = add_stem(net, {12, 5, 5});
  const NodeId norm = net.add(Op(OpKind::batch_norm), {x}, "norm");
  const NodeId relu = net.add(Op(OpKind::relu), {norm}, "relu");
  net.mark_output(net.add(Op(OpKind::add), {norm, relu}, "sum"));
  check_matches_reference(net);
}

TEST_CASE("a batch norm of another epsilon equals the reference") {
  check_matches_reference(behind_stem(Op(OpKind::batch_norm).set("epsilon", 0.5), {8, 4, 4}));
}

TEST_CASE("compiled activations equal the reference") {
  const OpKind kind = GENERATE(OpKind::relu, OpKind::relu6, OpKind::swish, OpKind::h_swish,
                               OpKind::sigmoid, OpKind::h_sigmoid);
  const std::int64_t channels = GENERATE(3, 16, 21);
  CAPTURE(op_row(kind).name, channels);
  check_matches_reference(behind_stem(Op(kind), {channels, 5, 3}));
  // Whatever an activation leaves in the padding of its blocks, the next convolution would sum up.
  Architecture net;
  NodeId x = add_stem(net, {channels, 6, 5});
  x = net.add(Op(kind), {x}, "activation");
  net.mark_output(net.add(convolution({.out_channels = 8, .kernel = 3}), {x}, "after"));
  check_matches_reference(net);
}

TEST_CASE("values that several nodes read get the sum of their gradients") {
  Architecture net;
  const NodeId x = add_stem(net, {10, 6, 7});
  const NodeId a = net.add(convolution({.out_channels = 10, .kernel = 3}), {x}, "a");
  const NodeId b = net.add(Op(OpKind::swish), {x}, "b");
  const NodeId sum = net.add(Op(OpKind::add), {x, a, b, x}, "sum");
  const NodeId twice = net.add(Op(OpKind::add), {sum, sum}, "twice");
  net.mark_output(net.add(Op(OpKind::add), {twice, x}, "last"));
  check_matches_reference(net);
}

TEST_CASE("a residual connection around an activation that works in place keeps its input") {
  Architecture net;
  const NodeId x = add_stem(net, {16, 6, 6});
  const NodeId norm = net.add(Op(OpKind::batch_norm), {x}, "norm");
  const NodeId a = net.add(Op(OpKind::relu6), {norm}, "a");
  const NodeId b = net.add(Op(OpKind::h_sigmoid), {a}, "b");
  net.mark_output(net.add(Op(OpKind::add), {norm, b, a}, "sum"));
  check_matches_reference(net);
}

TEST_CASE("compiled scaling equals the reference, also where the gate reads what it scales") {
  const std::int64_t channels = GENERATE(5, 16, 24);
  CAPTURE(channels);
  Architecture net;
  const NodeId x = add_stem(net, {channels, 5, 4});
  const NodeId pooled = net.add(Op(OpKind::global_average_pool), {x}, "pool");
  const NodeId gate = net.add(Op(OpKind::sigmoid), {pooled}, "gate");
  net.mark_output(net.add(Op(OpKind::scale), {x, gate}, "scale"));
  check_matches_reference(net);
}

TEST_CASE("the network's input may be scaled, which is in the plain layout") {
  Architecture net;
  const NodeId image = net.add(input_op({6, 5, 5}), {}, "image");
  const NodeId gates = net.add(convolution({.out_channels = 6, .bias = true}), {image}, "gates");
  const NodeId pooled = net.add(Op(OpKind::global_average_pool), {gates}, "pool");
  net.mark_output(net.add(Op(OpKind::scale), {image, pooled}, "scale"));
  check_matches_reference(net);
}

TEST_CASE("compiled squeeze-and-excitation equals the reference") {
  const OpKind gate = GENERATE(OpKind::sigmoid, OpKind::h_sigmoid);
  CAPTURE(op_row(gate).name);
  Architecture net;
  NodeId x = add_stem(net, {20, 6, 5});
  x = net.add(Op(OpKind::h_swish), {x}, "activation");
  net.mark_output(add_squeeze_excitation(net, x, "se", 5, gate));
  check_matches_reference(net);
}

TEST_CASE("compiled pooling and linear layers equal the reference") {
  const std::int64_t channels = GENERATE(7, 16);
  const bool bias = GENERATE(true, false);
  CAPTURE(channels, bias);
  Architecture net;
  NodeId x = add_stem(net, {channels, 6, 5});
  x = net.add(Op(OpKind::global_average_pool), {x}, "pool");
  x = net.add(linear(9, bias), {x}, "hidden");
  x = net.add(Op(OpKind::relu), {x}, "relu");
  net.mark_output(net.add(linear(4, bias), {x}, "classifier"));
  check_matches_reference(net);
}

TEST_CASE("a linear layer flattens channels, height and width in this order") {
  check_matches_reference(behind_stem(linear(6), {18, 3, 2}));
}

TEST_CASE("a network may begin with a linear layer") {
  Architecture net;
  const NodeId image = net.add(input_op({2, 3, 4}), {}, "image");
  net.mark_output(net.add(linear(3), {image}, "classifier"));
  check_matches_reference(net);
}

TEST_CASE("a network without parameters runs, and has nothing to train") {
  Architecture net;
  const NodeId image = net.add(input_op({2, 3, 4}), {}, "image");
  net.mark_output(net.add(Op(OpKind::h_swish), {image}, "activation"));
  check_inference(net, 3);
  ParameterStore store;
  Program program(net, store, {.batch = 3, .mode = Mode::training});
  program.forward();
  program.backward();
  CHECK(program.gradients().empty());
}

TEST_CASE("compiled networks of inverted bottlenecks equal the reference") {
  BottleneckNetwork settings{.input = {3, 13, 11}};
  SECTION("3x3 with ReLU6") {}
  SECTION("5x5 with ReLU") {
    settings = {.kernel = 5, .activation = OpKind::relu, .input = {3, 13, 11}};
  }
  SECTION("7x7 with h-swish and squeeze-and-excitation") {
    settings.kernel = 7;
    settings.activation = OpKind::h_swish;
    settings.se_hidden = 8;
    settings.gate = OpKind::h_sigmoid;
  }
  const Architecture net = bottleneck_network(settings);
  check_inference(net, 3);
  check_training(net, 3);
}

TEST_CASE("a network may have several outputs, one of which others read") {
  Architecture net;
  const NodeId x = add_stem(net, {10, 5, 5});
  const NodeId hidden = net.add(Op(OpKind::relu), {x}, "hidden");
  const NodeId pooled = net.add(Op(OpKind::global_average_pool), {hidden}, "pool");
  net.mark_output(hidden);
  net.mark_output(net.add(linear(3), {pooled}, "classifier"));
  ParameterStore store = random_store(net, 1);
  Program program(net, store, {.batch = 2, .mode = Mode::training});
  const std::vector<float> both = results_of_a_step(program);

  // Gradients are linear in those of the outputs: one after the other must add up to both at once.
  CHECK(program.output(0).size() == 2 * 10 * 5 * 5);
  CHECK(program.output(1).size() == 2 * 3);
  const auto stem_gradient = [&](float first, float second) {
    program.forward();
    std::ranges::fill(program.output_gradient(0), first);
    std::ranges::fill(program.output_gradient(1), second);
    program.backward();
    const auto gradient = program.gradients().front().gradient;
    return std::vector<float>(gradient.begin(), gradient.end());
  };
  const std::vector<float> first = stem_gradient(1, 0);
  const std::vector<float> second = stem_gradient(0, 1);
  std::vector<float> sum = first;
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += second[i];
  check_close("gradient of the stem", stem_gradient(1, 1), sum);
  CHECK(first != second);
}

TEST_CASE("a step repeats bit for bit, in one program and in another") {
  const Architecture net = bottleneck_network({.kernel = 5, .se_hidden = 4, .input = {1, 12, 12}});
  ParameterStore store = random_store(net, 1);
  Program first(net, store, {.batch = 8, .mode = Mode::training});
  Program second(net, store, {.batch = 8, .mode = Mode::training});
  const std::vector<float> expected = results_of_a_step(first);
  CHECK(results_of_a_step(first) == expected);
  CHECK(results_of_a_step(second) == expected);
}

TEST_CASE("a step does not depend on how many threads OpenMP would use, and leaves that number") {
  const Architecture net = bottleneck_network({.input = {1, 12, 12}});
  ParameterStore store = random_store(net, 1);
  const int before = omp_get_max_threads();
  std::vector<std::vector<float>> results;
  for (const int threads : {1, 2, 3}) {
    omp_set_num_threads(threads);
    Program program(net, store, {.batch = 8, .mode = Mode::training});
    results.push_back(results_of_a_step(program));
    CHECK(omp_get_max_threads() == threads);
  }
  omp_set_num_threads(before);
  CHECK(results[0] == results[1]);
  CHECK(results[0] == results[2]);
}

TEST_CASE("programs over one store see each other's steps") {
  const Architecture net = bottleneck_network({.input = {1, 8, 8}});
  ParameterStore store = random_store(net, 1);
  Program trained(net, store, {.batch = 4, .mode = Mode::training});
  Program watching(net, store, {.batch = 4, .mode = Mode::training});
  const std::vector<float> before = results_of_a_step(watching);
  std::vector<Parameter*> touched;
  results_of_a_step(trained);
  for (const ParameterGradient& gradient : trained.gradients()) {
    std::ranges::copy(gradient.gradient, gradient.parameter->gradient.data());
    touched.push_back(gradient.parameter);
  }
  optimizer_step(touched, SgdSettings{}, 0.1);
  const std::vector<float> after = results_of_a_step(watching);
  CHECK(after != before);
  CHECK(after == results_of_a_step(trained));
}

TEST_CASE("a program touches only the parameters that its architecture names") {
  const Architecture small = bottleneck_network({.input = {1, 8, 8}});
  const Architecture other = behind_stem(convolution({.out_channels = 5, .kernel = 3}), {4, 8, 8});
  ParameterStore store;
  store.prepare(small, 1);
  ParameterStore wide;
  wide.prepare(other, 1);
  Program program(other, wide, {.batch = 2, .mode = Mode::training});
  std::vector<std::string> names;
  for (const ParameterGradient& gradient : program.gradients()) {
    names.push_back(gradient.parameter->name);
  }
  CHECK(names == std::vector<std::string>{"stem.weight", "op.weight"});
}

TEST_CASE("batch statistics tell how many values they are over") {
  Architecture net = behind_stem(Op(OpKind::batch_norm).set("momentum", 0.25), {6, 5, 4});
  ParameterStore store = random_store(net, 1);
  Program program(net, store, {.batch = 3, .mode = Mode::training});
  REQUIRE(program.batch_statistics().size() == 1);
  const BatchStatistics statistics = program.batch_statistics().front();
  CHECK(statistics.count == 3 * 5 * 4);
  CHECK(statistics.momentum == 0.25);
  CHECK(statistics.running_mean == &store.at("op.running_mean"));
  CHECK(statistics.running_variance == &store.at("op.running_variance"));
}

TEST_CASE("the arena of inverted bottlenecks is at most 1.15 times the bound") {
  constexpr double allowed = 1.15;
  const std::int64_t kernel = GENERATE(3, 5, 7);
  const std::int64_t se_hidden = GENERATE(0, 8);
  const Mode mode = GENERATE(Mode::inference, Mode::training);
  const std::int64_t batch = GENERATE(1, 64);
  CAPTURE(kernel, se_hidden, batch);
  const Architecture net = bottleneck_network({.kernel = kernel, .se_hidden = se_hidden});
  ParameterStore store;
  store.prepare(net, 1);
  const Program program(net, store, {.batch = batch, .mode = mode});
  CHECK(program.liveness_bound_bytes() > 0);
  CHECK(program.arena_bytes() >= program.liveness_bound_bytes());
  CHECK(static_cast<double>(program.arena_bytes()) <=
        allowed * static_cast<double>(program.liveness_bound_bytes()));
}

TEST_CASE("inference needs less memory than training") {
  const Architecture net = bottleneck_network({});
  CHECK(2 * planned_bytes(net, {.batch = 8, .mode = Mode::inference}) <
        planned_bytes(net, {.batch = 8, .mode = Mode::training}));
}

TEST_CASE("planned bytes are those of the program: arena, gradients and statistics") {
  const Architecture net = behind_stem(Op(OpKind::batch_norm), {16, 8, 8});
  ParameterStore store;
  store.prepare(net, 1);
  const ProgramSettings settings{.batch = 4, .mode = Mode::training};
  const Program program(net, store, settings);
  // Stem 16x3 weights; scale, shift, mean and variance of 16 values, a cache line each.
  const std::size_t persistent = 16 * 3 * sizeof(float) + 4 * 64;
  CHECK(planned_bytes(net, settings) == program.arena_bytes() + persistent);
}

TEST_CASE("programs can be moved") {
  const Architecture net = behind_stem(Op(OpKind::relu), {4, 3, 3});
  ParameterStore store = random_store(net, 1);
  Program first(net, store, {.batch = 2, .mode = Mode::training});
  const std::vector<float> expected = results_of_a_step(first);
  Program second = std::move(first);
  CHECK(second.batch() == 2);
  CHECK(results_of_a_step(second) == expected);
}

TEST_CASE("a network with two inputs is refused") {
  Architecture net;
  const NodeId a = net.add(input_op({4, 3, 3}), {}, "a");
  const NodeId b = net.add(input_op({4, 3, 3}), {}, "b");
  net.mark_output(net.add(Op(OpKind::add), {a, b}, "sum"));
  ParameterStore store;
  CHECK_THAT(rejection(ErrorKind::space, [&] { Program(net, store, {}); }),
             Catch::Contains("2 inputs"));
}

TEST_CASE("an incomplete network is refused") {
  Architecture net;
  net.add(input_op({4, 3, 3}), {}, "a");
  ParameterStore store;
  CHECK_THROWS_AS(Program(net, store, {}), Error);
}

TEST_CASE("a store that lacks a parameter is refused with its name") {
  const Architecture net = behind_stem(Op(OpKind::relu), {4, 3, 3});
  ParameterStore store;
  CHECK_THAT(rejection(ErrorKind::space, [&] { Program(net, store, {}); }),
             Catch::Contains("'stem.weight'"));
}

TEST_CASE("a store that holds a parameter of another shape is refused with both shapes") {
  const Architecture net = behind_stem(Op(OpKind::relu), {4, 3, 3});
  ParameterStore store;
  store.create("stem.weight", {5, 3, 1, 1}, ParameterRole::weight);
  CHECK_THAT(rejection(ErrorKind::space, [&] { Program(net, store, {}); }),
             Catch::Contains("'stem.weight'") && Catch::Contains("5, 3, 1, 1") &&
                 Catch::Contains("4, 3, 1, 1"));
}

TEST_CASE("an empty batch is refused") {
  const Architecture net = behind_stem(Op(OpKind::relu), {4, 3, 3});
  ParameterStore store = random_store(net, 1);
  CHECK_THAT(rejection(ErrorKind::internal, [&] { Program(net, store, {.batch = 0}); }),
             Catch::Contains("'0'"));
}

TEST_CASE("inference has no backward and no output gradient") {
  const Architecture net = behind_stem(Op(OpKind::relu), {4, 3, 3});
  ParameterStore store = random_store(net, 1);
  Program program(net, store, {});
  CHECK_THAT(rejection(ErrorKind::internal, [&] { program.backward(); }),
             Catch::Contains("'training'"));
  CHECK_THAT(rejection(ErrorKind::internal, [&] { program.output_gradient(); }),
             Catch::Contains("output gradient '0'"));
  CHECK_THAT(rejection(ErrorKind::internal, [&] { static_cast<void>(program.output(1)); }),
             Catch::Contains("output '1'"));
}

TEST_CASE("the engine names its instruction set and version") {
  CHECK(!instruction_set().empty());
  CHECK_THAT(engine_version(), Catch::StartsWith("oneDNN "));
}
