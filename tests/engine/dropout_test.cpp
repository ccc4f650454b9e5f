// Masks of dropout and drop_path: where they come from, and that they are fair.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/engine/drop_mask.hpp"
#include "core/engine/program.hpp"
#include "core/engine/reference_network.hpp"
#include "tests/base/rejection.hpp"
#include "tests/engine/one_op.hpp"
#include "tests/engine/program_checks.hpp"
#include "tests/engine/program_networks.hpp"

using namespace nas;
using namespace nas::engine;
using namespace nas::test;

namespace {

constexpr std::int64_t batch = 4;

Op drop(OpKind kind, double p) { return Op(kind).set("p", p); }

/// What a program in training mode makes of ones.
std::vector<float> mask_of(Program& program) {
  std::ranges::fill(program.input(), 1.0F);
  program.forward();
  return {program.output().begin(), program.output().end()};
}

/// Of a network of a single op, which works on the plain image.
std::vector<float> mask_of(const Op& op, const Shape& shape, std::uint64_t seed, double scale = 1) {
  ParameterStore store;
  Program program(one_op(op, {shape}), store, {.batch = batch, .mode = Mode::training});
  program.set_seed(seed);
  program.set_drop_scale(scale);
  return mask_of(program);
}

double mean(const std::vector<float>& values) {
  double sum = 0;
  for (const float value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

TEST_CASE("masks stay the same from one release to the next") {
  const std::uint64_t key = drop_key(1, "node", 2);
  CHECK(drop_hash(key, 0) == 2745934133U);
  CHECK(drop_hash(key, 1) == 488482987U);
}

TEST_CASE("as many values are dropped as the probability says, and the others make up for them") {
  const double p = GENERATE(0.1, 0.5, 0.8);
  const std::vector<float> mask = mask_of(drop(OpKind::dropout, p), {64, 16, 16}, 1);
  const auto dropped = static_cast<double>(std::ranges::count(mask, 0.0F));
  const auto count = static_cast<double>(mask.size());
  // Five standard deviations of a binomial distribution.
  CHECK(std::abs(dropped - p * count) < 5 * std::sqrt(p * (1 - p) * count));
  for (const float value : mask) {
    if (value != 0) CHECK(value == static_cast<float>(1 / (1 - p)));
  }
}

TEST_CASE("neighbours, samples, nodes and seeds are dropped independently of each other") {
  constexpr double p = 0.5;
  const DropRate rate(p);
  constexpr std::uint32_t count = 1 << 16;
  const auto agreement = [&](std::uint64_t one, std::uint64_t other, std::uint32_t distance) {
    int equal = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      equal += rate.factor(one, i) == rate.factor(other, i + distance);
    }
    return equal;
  };
  const std::uint64_t key = drop_key(1, "a", 0);
  const double half = count / 2, deviations = 5 * std::sqrt(count / 4);
  for (const std::uint32_t distance : {1U, 2U, 8U, 256U, 1024U}) {
    CHECK(std::abs(agreement(key, key, distance) - half) < deviations);
  }
  for (const std::uint64_t other :
       {drop_key(1, "a", 1), drop_key(1, "b", 0), drop_key(2, "a", 0)}) {
    CHECK(std::abs(agreement(key, other, 0) - half) < deviations);
  }
}

TEST_CASE("at 0 nothing is dropped and at 1 everything") {
  for (const OpKind kind : {OpKind::dropout, OpKind::drop_path}) {
    CHECK(mean(mask_of(drop(kind, 0), {5, 3, 3}, 1)) == 1);
    CHECK(mean(mask_of(drop(kind, 1), {5, 3, 3}, 1)) == 0);
  }
}

TEST_CASE("a path is dropped for whole samples") {
  const Shape shape{3, 4, 4};
  const auto size = static_cast<std::size_t>(shape.elements());
  std::size_t dropped = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const std::vector<float> mask = mask_of(drop(OpKind::drop_path, 0.25), shape, seed);
    for (std::size_t first = 0; first < mask.size(); first += size) {
      CHECK(std::count(mask.begin() + static_cast<std::ptrdiff_t>(first),
                       mask.begin() + static_cast<std::ptrdiff_t>(first + size),
                       mask[first]) == shape.elements());
      dropped += mask[first] == 0;
    }
  }
  // 400 samples: 100 expected, with a standard deviation of 8.7.
  CHECK(dropped > 60);
  CHECK(dropped < 140);
}

TEST_CASE("masks follow from the seed") {
  const Op op = drop(OpKind::dropout, 0.5);
  CHECK(mask_of(op, {5, 6, 7}, 3) == mask_of(op, {5, 6, 7}, 3));
  CHECK(mask_of(op, {5, 6, 7}, 3) != mask_of(op, {5, 6, 7}, 4));
}

TEST_CASE("a compiled mask equals the reference's exactly, in blocks of channels too") {
  const Shape shape = GENERATE(Shape{3, 6, 5}, Shape{21, 5, 7}, Shape{64, 1, 1});
  const OpKind kind = GENERATE(OpKind::dropout, OpKind::drop_path);
  // A stem that copies channels, as often as there are three of them.
  Architecture net = behind_stem(drop(kind, 0.5), shape);
  ParameterStore store;
  store.prepare(net, 1);
  std::ranges::fill(store.at("stem.weight").value.values(), 0.25F);
  Program program(net, store, {.batch = batch, .mode = Mode::training});
  ReferenceNetwork<float> reference(net, batch, Mode::training);
  reference.load(store);
  for (const std::uint64_t seed : {1U, 2U}) {
    program.set_seed(seed);
    reference.set_seed(seed);
    const std::vector<float> ones(program.input().size(), 1.0F);
    CHECK(mask_of(program) == reference.forward(ones));
  }
}

TEST_CASE("backward has the mask of the last forward, whatever has been set since") {
  const Architecture net = behind_stem(drop(OpKind::dropout, 0.5), {16, 4, 4});
  ParameterStore store = random_store(net, 1);
  Program program(net, store, {.batch = batch, .mode = Mode::training});
  const auto gradient = [&](bool change) {
    program.set_seed(1);
    std::ranges::fill(program.input(), 1.0F);
    program.forward();
    if (change) program.set_seed(2);
    std::ranges::fill(program.output_gradient(), 1.0F);
    program.backward();
    const auto result = program.gradients().front().gradient;
    return std::vector<float>(result.begin(), result.end());
  };
  CHECK(gradient(true) == gradient(false));
}

TEST_CASE("the drop scale multiplies the probability of every path and of nothing else") {
  const Op path = drop(OpKind::drop_path, 0.8);
  const Shape shape{1, 1, 1};
  CHECK(mean(mask_of(path, shape, 1, 0)) == 1);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CHECK(mask_of(path, shape, seed, 0.25) == mask_of(drop(OpKind::drop_path, 0.2), shape, seed));
  }
  const Op values = drop(OpKind::dropout, 0.5);
  CHECK(mask_of(values, {4, 5, 5}, 1, 0) == mask_of(values, {4, 5, 5}, 1, 1));
}

TEST_CASE("the drop scale changes without compiling anew, as ScheduledDropPath needs") {
  // Zoph et al. 2017 with a final keep probability of 0.6: the last of 18 cells, half-way through.
  const Architecture net = one_op(drop(OpKind::drop_path, 0.4 * 18 / 18), {{1, 1, 1}});
  ParameterStore store;
  Program program(net, store, {.batch = 4096, .mode = Mode::training});
  const auto kept = [&](double progress) {
    program.set_drop_scale(progress);
    const std::vector<float> mask = mask_of(program);
    return 1 -
           static_cast<double>(std::ranges::count(mask, 0.0F)) / static_cast<double>(mask.size());
  };
  constexpr double five_deviations = 5 * 0.0077;  // of 4096 samples at 0.6
  CHECK(kept(0) == 1);
  CHECK(std::abs(kept(0.5) - 0.8) < five_deviations);
  CHECK(std::abs(kept(1) - 0.6) < five_deviations);
}

TEST_CASE("the mean over many masks is what went in") {
  const OpKind kind = GENERATE(OpKind::dropout, OpKind::drop_path);
  double sum = 0;
  constexpr int seeds = 2000;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    sum += mean(mask_of(drop(kind, 0.5), {1, 1, 1}, seed));
  }
  // 2000 means of four values that are 0 or 2.
  CHECK(std::abs(sum / seeds - 1) < 5 / std::sqrt(4.0 * seeds));
}

TEST_CASE("in inference nothing is dropped, and nothing is copied") {
  const OpKind kind = GENERATE(OpKind::dropout, OpKind::drop_path, OpKind::identity);
  Op op(kind);
  if (kind != OpKind::identity) op.set("p", 0.9);
  const Architecture net = behind_stem(op, {16, 4, 4});
  const Architecture without = behind_stem(Op(OpKind::relu), {16, 4, 4});
  CHECK(planned_bytes(net, {.batch = 2}) <= planned_bytes(without, {.batch = 2}));
  ParameterStore store = random_store(net, 1);
  Program program(net, store, {.batch = 2});
  std::ranges::fill(program.input(), 1.0F);
  program.set_seed(1);
  program.forward();
  CHECK(std::ranges::count(program.output(), 0.0F) == 0);
}

TEST_CASE("a drop scale that is no share is refused") {
  ParameterStore store;
  Program program(one_op(drop(OpKind::drop_path, 0.5), {{1}}), store, {});
  CHECK_THAT(rejection(ErrorKind::internal, [&] { program.set_drop_scale(1.5); }),
             Catch::Contains("'1.5'"));
  CHECK_THAT(rejection(ErrorKind::internal, [&] { program.set_drop_scale(std::nan("")); }),
             Catch::Contains("'nan'"));
}
