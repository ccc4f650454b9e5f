// Masks of dropout and drop_path where gates skip branches and taps look inside: a mask follows
// from seed, node, sample and place alone.
#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/engine/program_checks.hpp"
#include "tests/engine/program_networks.hpp"

using namespace nas;
using namespace nas::test;

namespace {

constexpr std::int64_t batch = 6;
constexpr std::uint64_t seed = 11;
using Open = std::vector<bool>;

/// A gated mix of a path that is dropped, of values that are, and of the stem; behind it values are
/// dropped once more, of which backward must know as well.
Architecture dropping_network() {
  Architecture net;
  const NodeId stem = add_stem(net, {16, 6, 5});
  NodeId a = add_convolution_block(net, stem, "a", {.out_channels = 16, .kernel = 3}, {});
  a = net.add(Op(OpKind::drop_path).set("p", 0.5), {a}, "a.drop");
  NodeId b = net.add(Op(OpKind::h_swish), {stem}, "b");
  b = net.add(Op(OpKind::dropout).set("p", 0.3), {b}, "b.drop");
  NodeId x = net.add(Op(OpKind::mix).set("gated", 1), {a, b, stem}, "mix");
  x = net.add(Op(OpKind::dropout).set("p", 0.4), {x}, "drop");
  x = net.add(convolution({.out_channels = 8, .kernel = 3, .bias = true}), {x}, "behind");
  net.mark_output(net.add(Op(OpKind::drop_path).set("p", 0.2), {x}, "end"));
  return net;
}

const std::vector<std::string> drops = {"a.drop", "b.drop", "drop"};

/// Which of the values are dropped: no other is zero.
std::vector<bool> dropped(std::span<const float> values) {
  std::vector<bool> result;
  for (const float value : values) result.push_back(value == 0);
  return result;
}

struct Dropping {
  Architecture net = dropping_network();
  ParameterStore store = random_store(net, 1);

  /// A sample whose only path is dropped is not zero behind the last convolution.
  Dropping() { std::ranges::fill(store.at("behind.bias").value.values(), 0.25F); }

  Program program(const std::vector<std::string>& taps) {
    Program result(net, store, {.batch = batch, .mode = Mode::training, .taps = taps});
    result.set_seed(seed);
    return result;
  }
};

}  // namespace

TEST_CASE("masks do not depend on which branches are open") {
  Dropping dropping;
  Program program = dropping.program({"a.drop", "b.drop", "end"});
  results_of_a_step(program);
  std::vector<std::vector<float>> whole;
  for (std::size_t i = 0; i < 3; ++i) {
    whole.emplace_back(program.tap(i).begin(), program.tap(i).end());
    CHECK(std::ranges::count(whole[i], 0.0F) > 0);
  }
  for (const Open& open : {Open{true, false, false}, Open{false, true, false},
                           Open{true, true, false}, Open{false, false, true}}) {
    program.set_open("mix", open);
    results_of_a_step(program);
    for (std::size_t branch = 0; branch < 2; ++branch) {
      if (open[branch]) CHECK(std::ranges::equal(program.tap(branch), whole[branch]));
    }
    CHECK(dropped(program.tap(2)) == dropped(whole[2]));
  }
}

TEST_CASE("a program of gates and drops equals the reference with the same ones") {
  const Open open = GENERATE(Open{true, false, false}, Open{false, true, false},
                             Open{false, true, true}, Open{true, true, true});
  const double scale = GENERATE(0.5, 1.0);
  const bool tapped = GENERATE(false, true);
  CAPTURE(open, scale, tapped);
  Dropping dropping;
  Program program = dropping.program(tapped ? drops : std::vector<std::string>{});
  ReferenceNetwork<double> reference(dropping.net, batch, Mode::training);
  reference.load(dropping.store);
  // What an earlier step has left behind, with other masks, must not matter.
  program.set_seed(seed + 1);
  results_of_a_step(program);
  program.set_seed(seed);
  program.set_drop_scale(scale);
  program.set_open("mix", open);
  reference.set_seed(seed);
  reference.set_drop_scale(scale);
  reference.set_open("mix", open);
  check_step(program, reference);
}

TEST_CASE("what a mask drops has no gradient, where a tap looks before it") {
  const Open open = GENERATE(Open{false, false, true}, Open{true, true, true});
  Dropping dropping;
  Program program = dropping.program({"mix", "drop"});
  program.set_open("mix", open);
  results_of_a_step(program);
  const std::vector<bool> mask = dropped(program.tap(1));
  CHECK(std::ranges::count(dropped(program.tap(0)), true) == 0);
  // At the end whole samples are dropped as well.
  const std::vector<bool> without = dropped(program.tap_gradient(0));
  std::size_t passed = 0;
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if (mask[i]) CHECK(without[i]);
    passed += !without[i];
  }
  CHECK(passed > 0);
}
