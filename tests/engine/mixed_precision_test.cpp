// Programs in bf16: with oneDNN's primitives of that type where the machine has them, elsewhere
// with its float ones between conversions.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/base/error.hpp"
#include "core/engine/instruction_set.hpp"
#include "tests/base/rejection.hpp"
#include "tests/engine/op_cases.hpp"
#include "tests/engine/program_checks.hpp"
#include "tests/engine/program_networks.hpp"
#include "tests/peers/networks.hpp"

using namespace nas;
using namespace nas::test;

namespace {

/// Half of a step from one bfloat16 to the next, relative: what one rounding may change.
constexpr double rounding = 0x1p-9;
/// A value goes through at most so many roundings on its way through one of these networks and
/// back: weights and values of three layers, and gradients of each.
constexpr double roundings = 8;

/// Of the whole tensor, in the Euclidean norm; those that vanish count as of norm `floor`.
template <typename Actual>
double relative_error(const Actual& actual, const std::vector<double>& expected) {
  constexpr double floor = 1e-2;
  REQUIRE(actual.size() == expected.size());
  double error = 0, norm = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double difference = static_cast<double>(actual[i]) - expected[i];
    error += difference * difference;
    norm += expected[i] * expected[i];
  }
  return std::sqrt(error) / std::max(floor, std::sqrt(norm));
}

/// Sums over three channels of these, each with either sign, are odd multiples of 1/8 within 3:
/// exact in bfloat16, and at no kink of any activation.
std::vector<float> exact_image(std::size_t count, std::int64_t pixels) {
  Random random(1);
  std::vector<float> image(count);
  for (std::size_t i = 0; i < count; ++i) {
    const bool first = i / static_cast<std::size_t>(pixels) % 3 == 0;
    const auto whole = static_cast<float>(random.below(4));
    image[i] = first ? (2 * whole - 3) / 8 : (whole - 2) / 2;
  }
  return image;
}

ParameterStore exact_store(const Architecture& net) {
  ParameterStore store = random_store(net, 1);
  Random random(2);
  for (float& weight : store.at("stem.weight").value.values()) {
    weight = random.below(2) == 0 ? 1.0F : -1.0F;
  }
  return store;
}

void check_step_in_bf16(const Architecture& net, std::int64_t batch) {
  ParameterStore store = exact_store(net);
  Program program(net, store,
                  {.batch = batch, .mode = Mode::training, .precision = Precision::bf16});
  ReferenceNetwork<double> reference(net, batch, Mode::training);
  reference.load(store);
  const Shape& shape = net.shape(net.input_nodes().front());
  const std::vector<float> image = exact_image(program.input().size(), shape.pixels());
  std::ranges::copy(image, program.input().begin());
  program.forward();
  CHECK(relative_error(program.output(), reference.forward(widened(image))) <=
        roundings * rounding);
  const std::vector<float> gradient = random_values(program.output_gradient().size(), 5);
  std::ranges::copy(gradient, program.output_gradient().begin());
  program.backward();
  reference.backward(widened(gradient));
  for (const ParameterGradient& computed : program.gradients()) {
    CAPTURE(computed.parameter->name);
    CHECK(relative_error(computed.gradient, reference.gradient(computed.parameter->name)) <=
          roundings * rounding);
  }
}

void check_inference_in_bf16(const Architecture& net, std::int64_t batch) {
  ParameterStore store = exact_store(net);
  Program program(net, store, {.batch = batch, .precision = Precision::bf16});
  ReferenceNetwork<double> reference(net, batch, Mode::inference);
  reference.load(store);
  const Shape& shape = net.shape(net.input_nodes().front());
  const std::vector<float> image = exact_image(program.input().size(), shape.pixels());
  std::ranges::copy(image, program.input().begin());
  program.forward();
  CHECK(relative_error(program.output(), reference.forward(widened(image))) <=
        roundings * rounding);
}

bool is_bfloat16(float value) { return (std::bit_cast<std::uint32_t>(value) & 0xffffU) == 0; }

}  // namespace

TEST_CASE("in bf16 every op between two convolutions is as far off as rounding explains",
          "[bf16]") {
  const Shape shape = GENERATE(Shape{3, 7, 6}, Shape{16, 6, 5}, Shape{21, 4, 7}, Shape{40, 1, 1});
  for (const OpCase& each : op_cases(shape)) {
    CAPTURE(each.name, shape.text());
    Architecture net;
    const NodeId image = net.add(input_op({3, shape.height, shape.width}), {}, "image");
    const NodeId stem = net.add(convolution({.out_channels = shape.channels}), {image}, "stem");
    const NodeId x = each.add(net, stem, image);
    net.mark_output(net.add(convolution({.out_channels = 7, .kernel = 3}), {x}, "after"));
    check_step_in_bf16(net, 5);
    check_inference_in_bf16(net, 5);
  }
}

TEST_CASE("in bf16 oneDNN has the convolutions that float32 has kernels of our own for", "[bf16]") {
  Architecture net;
  const NodeId image = net.add(input_op({3, 16, 16}), {}, "image");
  const NodeId stem = net.add(convolution({.out_channels = 16}), {image}, "stem");
  const NodeId dense = net.add(convolution({.out_channels = 24, .kernel = 3}), {stem}, "dense");
  net.mark_output(
      net.add(convolution({.out_channels = 24, .kernel = 3, .groups = 24}), {dense}, "depthwise"));
  check_step_in_bf16(net, 8);
}

TEST_CASE("in bf16 values are rounded, gradients of weights are not", "[bf16]") {
  const Architecture net = bottleneck_network({.se_hidden = 4});
  ParameterStore store = random_store(net, 1);
  ProgramSettings settings{
      .batch = 4, .mode = Mode::training, .taps = {}, .precision = Precision::bf16};
  for (NodeId node = 0; node < net.size(); ++node) {
    const OpKind kind = net.op(node).kind();
    if (kind == OpKind::convolution || kind == OpKind::batch_norm) {
      settings.taps.push_back(net.name(node));
    }
  }
  Program program(net, store, settings);
  results_of_a_step(program);
  for (std::size_t i = 0; i < settings.taps.size(); ++i) {
    CAPTURE(settings.taps[i]);
    CHECK(std::ranges::all_of(program.tap(i), is_bfloat16));
  }
  for (const ParameterGradient& gradient : program.gradients()) {
    if (gradient.parameter->role != ParameterRole::weight) continue;
    CAPTURE(gradient.parameter->name);
    CHECK_FALSE(std::ranges::all_of(gradient.gradient, is_bfloat16));
  }
  CHECK_FALSE(std::ranges::all_of(program.output(), is_bfloat16));
}

TEST_CASE("a step in bf16 repeats bit for bit, and is another than in float32", "[bf16]") {
  const Architecture net = bottleneck_network({});
  ParameterStore store = random_store(net, 1);
  const auto results = [&](Precision precision) {
    Program program(net, store, {.batch = 4, .mode = Mode::training, .precision = precision});
    return results_of_a_step(program);
  };
  CHECK(results(Precision::bf16) == results(Precision::bf16));
  CHECK(results(Precision::bf16) != results(Precision::float32));
}

TEST_CASE("the keys of steps in bf16 tell its tensors from floats", "[bf16]") {
  const Architecture net = peers::network("b");
  const auto tells = [](const StepKey& key) {
    return key.tensors.find("bf16:") != std::string::npos;
  };
  CHECK(std::ranges::any_of(step_keys(net, {.precision = Precision::bf16}), tells));
  CHECK(std::ranges::none_of(step_keys(net, {}), tells));
}

TEST_CASE("training in bf16 plans for little more than half of the memory", "[bf16]") {
  if (!engine::has_bf16_primitives()) {
    WARN("skipped: floats between conversions take memory, too, with " << instruction_set());
    return;
  }
  const std::string name = GENERATE("a", "b");
  CAPTURE(name);
  const Architecture net = peers::network(name);
  const auto planned = [&](Precision precision) {
    return static_cast<double>(
        planned_bytes(net, {.batch = 64, .mode = Mode::training, .precision = precision}));
  };
  CHECK(planned(Precision::bf16) < 0.65 * planned(Precision::float32));
}

TEST_CASE("bf16 is refused where the machine has no primitives in it, with what it needs",
          "[bf16]") {
  CHECK_NOTHROW(require_precision(Precision::float32));
  if (engine::has_bf16_primitives()) {
    CHECK_NOTHROW(require_precision(Precision::bf16));
    return;
  }
  CHECK_THAT(rejection(ErrorKind::config, [] { require_precision(Precision::bf16); }),
             Catch::Contains("precision 'bf16' needs a CPU with AVX-512") &&
                 Catch::Contains("here there is " + instruction_set()));
}
