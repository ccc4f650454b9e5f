#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include "core/base/random.hpp"
#include "core/engine/program.hpp"
#include "tests/engine/one_op.hpp"
#include "tests/engine/program_networks.hpp"

using namespace nas;
using namespace nas::test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

std::vector<StepKey> keys(const Architecture& net, std::int64_t batch = 1) {
  return step_keys(net, {.batch = batch});
}

/// Of the step that gives the output, but for a change of its layout.
StepKey last_key(const Architecture& net) {
  std::vector<StepKey> all = keys(net);
  std::erase_if(all, [](const StepKey& key) { return key.work == "reorder"; });
  REQUIRE_FALSE(all.empty());
  return all.back();
}

StepKey key_of(const Op& op, const Shape& input) { return last_key(one_op(op, {input})); }

}  // namespace

TEST_CASE("a key names the op, its attributes and the sizes of its tensors") {
  const StepKey key = key_of(convolution({.out_channels = 5, .kernel = 3, .stride = 2}), {4, 8, 8});
  CHECK(key.work ==
        "convolution out_channels=5 kernel_h=3 kernel_w=3 stride_h=2 stride_w=2 padding_h=1 "
        "padding_w=1");
  CHECK_THAT(key.tensors, Contains("1x4x8x8:") && Contains("5x4x3x3:") && Contains("1x5x4x4:"));
  CHECK(key_of(Op(OpKind::swish), {4, 8, 8}).work == "swish");
  CHECK(key_of(Op(OpKind::h_sigmoid), {4, 8, 8}).work == "h_sigmoid");
}

TEST_CASE("plain tensors are written in oneDNN's notation") {
  CHECK_THAT(key_of(Op(OpKind::h_sigmoid), {4, 8, 8}).tensors, StartsWith("1x4x8x8:abcd"));
}

TEST_CASE("what is fused behind an op is part of the key") {
  Architecture net;
  const NodeId image = net.add(input_op({4, 8, 8}), {}, "image");
  const NodeId norm = net.add(Op(OpKind::batch_norm), {image}, "norm");
  net.mark_output(net.add(Op(OpKind::relu), {norm}, "relu"));
  CHECK(last_key(net).work == "batch_norm + relu");
  CHECK(key_of(Op(OpKind::batch_norm), {4, 8, 8}).work == "batch_norm");
}

TEST_CASE("every step of a program has a key, and is seen by whoever watches it run") {
  const Architecture net = bottleneck_network({.se_hidden = 4, .gate = OpKind::h_sigmoid});
  ParameterStore store;
  store.prepare(net, 1);
  Program program(net, store, {.batch = 1});
  Random random(1);
  for (float& value : program.input()) value = static_cast<float>(random.normal());
  program.forward();
  const std::vector<float> expected(program.output().begin(), program.output().end());
  std::size_t steps = 0;
  program.forward([&] { ++steps; });
  CHECK(steps == keys(net).size());
  CHECK(std::ranges::equal(program.output(), expected));
}

TEST_CASE("keys depend on sizes and batch, not on names and weights") {
  const auto net = [](const std::string& name, std::int64_t channels) {
    Architecture result;
    const NodeId image = result.add(input_op({4, 8, 8}), {}, "image");
    result.mark_output(result.add(convolution({.out_channels = channels}), {image}, name));
    return result;
  };
  CHECK(keys(net("a", 5)) == keys(net("b", 5)));
  CHECK(keys(net("a", 5)) != keys(net("a", 6)));
  CHECK(keys(net("a", 5), 1) != keys(net("a", 5), 2));
}

TEST_CASE("keys have no character that a table of them needs") {
  for (const StepKey& key : keys(bottleneck_network({.se_hidden = 4}))) {
    CHECK((key.work + key.tensors).find_first_of(",\"\n") == std::string::npos);
    CHECK_FALSE(key.work.empty());
    CHECK_FALSE(key.tensors.empty());
  }
}
