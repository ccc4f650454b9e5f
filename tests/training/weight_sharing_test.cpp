// Training a subnet touches its part of the store and nothing else.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/training/sharded_batch.hpp"
#include "tests/engine/elastic_networks.hpp"
#include "tests/training/fixtures.hpp"

using namespace nas;
using namespace nas::test;

namespace {

const Subnet largest{.kernel = 3, .image = image_shape};  // names every tensor there is
const Subnet small{.width = 8, .kernel = 5, .image = image_shape};

/// Values and velocity of every parameter; no velocity yet counts as zero.
using State = std::map<std::string, std::vector<float>>;
State state_of(const ParameterStore& store) {
  State state;
  for (const auto& [name, parameter] : store.all()) {
    const auto values = parameter->value.values();
    state[name].assign(values.begin(), values.end());
    std::vector<float>& velocity = state[name + " velocity"];
    velocity.resize(values.size());
    const auto& tensors = parameter->optimizer.tensors;
    const auto found = tensors.find(sgd_velocity);
    if (found != tensors.end()) std::ranges::copy(found->second.values(), velocity.begin());
  }
  return state;
}

void train_subnet(ParameterStore& store, const Subnet& subnet, std::uint64_t seed, int shards) {
  const auto executor = make_serial_executor();
  const TrainingOutcome outcome =
      train(elastic_network(subnet), store, striped_images(64),
            {.batch_size = 16, .optimizer = SgdSettings{.weight_decay = 1e-3}, .shards = shards},
            seed, *executor, CancelToken());
  REQUIRE(outcome.status == TrainingOutcome::Status::finished);
}

}  // namespace

TEST_CASE("training a subnet changes its part of the store, and nothing else by a bit") {
  const int shards = GENERATE(1, 2);
  ParameterStore store = prepared(elastic_network(largest));
  // So that there is a velocity which might go on by itself.
  train_subnet(store, largest, 1, shards);
  const State before = state_of(store);
  train_subnet(store, small, 2, shards);
  const State after = state_of(store);
  for (const auto& [name, parameter] : store.all()) {
    INFO(name);
    std::size_t used = 0, moved = 0, moved_elsewhere = 0;
    for (std::size_t i = 0; i < parameter->size(); ++i) {
      const bool is_used = name != "dw.5to3" && uses(small, name, i);
      const std::string velocity = name + " velocity";
      const bool differs = after.at(name)[i] != before.at(name)[i] ||
                           after.at(velocity)[i] != before.at(velocity)[i];
      used += is_used;
      (is_used ? moved : moved_elsewhere) += differs;
    }
    CHECK(moved_elsewhere == 0);
    // A few values may end where they began, as where a ReLU lets nothing pass.
    CHECK(2 * moved >= used);
  }
}

TEST_CASE("closed branches are not trained by a sharded batch") {
  Architecture net;
  NodeId x = net.add(input_op(image_shape), {}, "image");
  x = add_convolution_block(net, x, "stem", {.out_channels = 8, .kernel = 3}, {});
  const NodeId a = add_convolution_block(net, x, "a", {.out_channels = 8}, {});
  const NodeId b = add_convolution_block(net, x, "b", {.out_channels = 8, .kernel = 3}, {});
  x = net.add(Op(OpKind::mix).set("gated", 1), {a, b, x}, "mix");
  add_classifier(net, x, classes);

  ParameterStore store = prepared(net);
  ShardedBatch batch(net, store, {.batch = 16, .shards = 2});
  const auto executor = make_serial_executor();
  const Samples samples = striped_images(16);
  std::vector<std::uint32_t> positions(16);
  std::iota(positions.begin(), positions.end(), 0u);
  const auto step = [&](const std::vector<bool>& open) {
    const State before = state_of(store);
    batch.set_open("mix", open);
    batch.run({.samples = samples,
               .positions = positions,
               .augmentation = {},
               .seed = 1,
               .label_smoothing = 0},
              *executor);
    batch.reduce();
    optimizer_step(batch.trained(), SgdSettings{.weight_decay = 1e-3}, 0.1);
    const State after = state_of(store);
    std::vector<std::string> moved;
    for (const auto& [name, values] : after) {
      if (values != before.at(name)) moved.push_back(name.substr(0, name.find('.')));
    }
    moved.erase(std::unique(moved.begin(), moved.end()), moved.end());
    return moved;
  };
  using Names = std::vector<std::string>;
  CHECK(step({true, false, false}) == Names{"a", "classifier", "mix", "stem"});
  CHECK(step({false, true, false}) == Names{"b", "classifier", "mix", "stem"});
  CHECK(step({false, false, true}) == Names{"classifier", "mix", "stem"});
}
