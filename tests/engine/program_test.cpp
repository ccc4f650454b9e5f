#include "core/engine/program.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <omp.h>

#include "core/base/error.hpp"
#include "core/engine/optimizer.hpp"
#include "tests/base/rejection.hpp"
#include "tests/engine/program_checks.hpp"
#include "tests/engine/program_networks.hpp"

using namespace nas;
using namespace nas::test;

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

TEST_CASE("parameters before a zero keep a gradient of zero") {
  Architecture net;
  const NodeId image = net.add(input_op({3, 4, 4}), {}, "image");
  const NodeId hidden = net.add(convolution({.out_channels = 8}), {image}, "hidden");
  const NodeId norm = net.add(Op(OpKind::batch_norm), {hidden}, "norm");
  const NodeId zero = net.add(Op(OpKind::zero), {norm}, "zero");
  const NodeId seen = net.add(convolution({.out_channels = 8}), {image}, "seen");
  net.mark_output(net.add(Op(OpKind::add), {zero, seen}, "sum"));
  ParameterStore store = random_store(net, 1);
  Program program(net, store, {.batch = 2, .mode = Mode::training});
  for (int repeat = 0; repeat < 2; ++repeat) {
    results_of_a_step(program);
    REQUIRE(program.gradients().size() == 4);
    for (const ParameterGradient& each : program.gradients()) {
      CAPTURE(each.parameter->name);
      const auto zeros = std::ranges::count(each.gradient, 0.0F);
      CHECK(zeros == (each.parameter->name == "seen.weight" ? 0 : std::ssize(each.gradient)));
    }
  }
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

TEST_CASE("what an earlier program left in its memory does not matter") {
  // 24 and 40 channels: the last block of a layout with 16 has padding.
  const Architecture net = bottleneck_network({.kernel = 5, .se_hidden = 3});
  ParameterStore store = random_store(net, 1);
  const auto results = [&](bool poisoned) {
    Program program(net, store, {.batch = 3, .mode = Mode::training});
    if (poisoned) {
      std::ranges::fill(program.input(), std::numeric_limits<float>::quiet_NaN());
      program.forward();
      std::ranges::fill(program.output_gradient(), std::numeric_limits<float>::quiet_NaN());
      program.backward();
    }
    return poisoned ? std::vector<float>() : results_of_a_step(program);
  };
  const std::vector<float> expected = results(false);
  results(true);
  CHECK(results(false) == expected);
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
