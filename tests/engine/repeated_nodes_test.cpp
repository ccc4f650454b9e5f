// Nodes that compute the same of the same inputs, which a program computes once.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/architecture/cell_blocks.hpp"
#include "tests/engine/program_checks.hpp"
#include "tests/engine/program_networks.hpp"

using namespace nas;
using namespace nas::test;

namespace {

/// Two branches of ReLU, pooling and a convolution each; ReLU and pooling are shared or not.
Architecture two_branches(bool shared) {
  Architecture net;
  const NodeId stem = add_stem(net, {16, 6, 6});
  NodeId pooled = 0;
  std::vector<NodeId> ends;
  for (const std::string name : {"a", "b"}) {
    if (!shared || name == "a") {
      const NodeId relu = net.add(Op(OpKind::relu), {stem}, name + ".relu");
      pooled = net.add(max_pool(3, 1), {relu}, name + ".pool");
    }
    ends.push_back(net.add(convolution({.out_channels = 16}), {pooled}, name));
  }
  net.mark_output(net.add(Op(OpKind::multiply), ends, "product"));
  return net;
}

Program::StepCount steps_of(const Architecture& net) {
  ParameterStore store = random_store(net, 1);
  Program program(net, store, {.batch = 2, .mode = Mode::training});
  results_of_a_step(program);
  return program.steps_run();
}

}  // namespace

TEST_CASE("repeated nodes are computed once, and their gradients are summed") {
  const Architecture repeated = two_branches(false), shared = two_branches(true);
  CHECK(steps_of(repeated).forward == steps_of(shared).forward);
  CHECK(steps_of(repeated).backward == steps_of(shared).backward);
  check_matches_reference(repeated);
}

TEST_CASE("nodes with other attributes, inputs or masks are no repetition") {
  Architecture net;
  const NodeId stem = add_stem(net, {8, 6, 6});
  const NodeId wide = net.add(max_pool(5, 1), {stem}, "wide");
  const NodeId narrow = net.add(max_pool(3, 1), {stem}, "narrow");
  const NodeId again = net.add(max_pool(3, 1), {narrow}, "again");
  net.mark_output(net.add(Op(OpKind::concat), {wide, narrow, again}, "all"));
  check_matches_reference(net);

  Architecture dropped;
  const NodeId x = add_stem(dropped, {8, 6, 6});
  const NodeId first = dropped.add(Op(OpKind::dropout), {x}, "first");
  const NodeId second = dropped.add(Op(OpKind::dropout), {x}, "second");
  dropped.mark_output(first);
  dropped.mark_output(second);
  ParameterStore store = random_store(dropped, 1);
  Program program(dropped, store, {.batch = 2, .mode = Mode::training});
  program.forward();
  CHECK_FALSE(std::ranges::equal(program.output(0), program.output(1)));
}

TEST_CASE("a repetition in an open branch does not rely on a closed one") {
  Architecture net;
  const NodeId stem = add_stem(net, {8, 6, 6});
  std::vector<NodeId> branches;
  for (const std::string name : {"a", "b"}) {
    const NodeId relu = net.add(Op(OpKind::relu), {stem}, name + ".relu");
    branches.push_back(net.add(convolution({.out_channels = 8}), {relu}, name));
  }
  net.mark_output(net.add(Op(OpKind::mix).set("gated", 1), branches, "mix"));
  ParameterStore store = random_store(net, 1);
  Program gated(net, store, {.batch = 2, .mode = Mode::training});
  gated.set_open("mix", {false, true});

  Architecture open;
  const NodeId open_stem = add_stem(open, {8, 6, 6});
  const NodeId relu = open.add(Op(OpKind::relu), {open_stem}, "b.relu");
  const NodeId branch = open.add(convolution({.out_channels = 8}), {relu}, "b");
  const NodeId mix = open.add(Op(OpKind::mix), {branch}, "mix");
  open.refer(mix, "coefficient", {"mix.coefficient", {2}, {RangeView{.begin = 1, .count = 1}}});
  open.mark_output(mix);
  Program alone(open, store, {.batch = 2, .mode = Mode::training});
  const std::vector<float> expected = results_of_a_step(alone);
  CHECK(results_of_a_step(gated) == expected);
}

TEST_CASE("repeated nodes may be looked at from outside") {
  const Architecture net = two_branches(false);
  ParameterStore store = random_store(net, 1);
  Program program(net, store,
                  {.batch = 2, .mode = Mode::training, .taps = {"a.relu", "b.relu", "b.pool"}});
  results_of_a_step(program);
  CHECK(std::ranges::equal(program.tap(0), program.tap(1)));
  CHECK_FALSE(std::ranges::equal(program.tap_gradient(0), program.tap_gradient(1)));
}
