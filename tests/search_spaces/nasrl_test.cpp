#include "search_spaces/nasrl.hpp"

#include <algorithm>
#include <map>

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"
#include "core/search/big_integer.hpp"
#include "tests/search_spaces/tasks.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

std::unique_ptr<SearchSpace> nasrl(const std::map<std::string, std::string>& options,
                                   const Task& task = cifar_task) {
  const SpaceEntry entry = nasrl_space();
  return entry.make(task, OptionValues("nasrl", entry.options, options));
}

NodeId node(const Architecture& net, const std::string& prefix, const std::string& ending) {
  for (NodeId id = 0; id < net.size(); ++id) {
    if (net.name(id).starts_with(prefix) && net.name(id).ends_with(ending)) return id;
  }
  FAIL("no node '" << prefix << "…" << ending << "'");
  return 0;
}

}  // namespace

TEST_CASE("NAS-RL has the published sizes") {
  CHECK(size_digits(*nasrl({{"preset", "published"}})) ==
        "50216813883093446110686315385661331328818843555712276103168");
  CHECK(size_digits(*nasrl({{"layers", "1"}})) == "64");
  CHECK(size_digits(*nasrl({{"layers", "2"}})) == "8192");
  CHECK(size_digits(*nasrl({{"layers", "3"}})) == "2097152");
  CHECK(size_digits(*nasrl({{"layers", "2"}, {"strides", "true"}})) == "73728");
  CHECK(count_by_enumeration(*nasrl({{"layers", "2"}})) == 8192);
}

TEST_CASE("NAS-RL has a decision on every pair of layers") {
  const auto space = nasrl({{"preset", "published"}});
  CHECK(std::ranges::count_if(space->decisions(), [](const Decision& decision) {
          return decision.name.find(".from") != std::string::npos;
        }) == 105);
}

TEST_CASE("layers read what the genotype says, and what nobody reads is classified") {
  // Filters 1x3, 3x1, 5x7 with 8, 16, 24 channels; layer 3 reads layer 1, layer 2 the image.
  const Architecture net = nasrl({{"layers", "3"}})->build({{0, 1, 0, 1, 0, 1, 0, 2, 3, 2, 1, 0}});
  CHECK(net.name(1) == "layer1.1x3n8.image");
  const NodeId second = node(net, "layer2.3x1n16.image", "image");
  CHECK(net.inputs(second) == std::vector<NodeId>{0});
  const NodeId third = node(net, "layer3.5x7n24.1c8", "1c8");
  CHECK(net.shape(net.inputs(third)[0]) == Shape{8, 32, 32});
  const NodeId end = node(net, "end.concat", "concat");
  CHECK(net.shape(end) == Shape{16 + 24, 32, 32});
  const std::int64_t convolutions = 3 * 3 * 8 + 3 * 3 * 16 + 35 * 8 * 24;
  CHECK(cost(net).params == convolutions + 2 * (8 + 16 + 24) + 40 * 10 + 10);
  CHECK(cost(net).macs == convolutions * 32 * 32 + 40 * 10);
}

TEST_CASE("several inputs are concatenated in the order of the layers") {
  // Layer 2 reads layer 1, layer 3 both.
  const Architecture net = nasrl({{"layers", "3"}})->build({{0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1}});
  const NodeId joined = node(net, "layer3", ".concat");
  CHECK(net.shape(joined) == Shape{8 + 16, 32, 32});
  CHECK(net.op(net.outputs()[0]).integer("out_features") == 10);
  CHECK(net.name(net.outputs()[0]) == "classifier.3c8");
}

TEST_CASE("images of different size are padded with zeros to the largest") {
  // Layer 1 with stride 2, layer 2 with stride 3, both from the image; layer 3 reads both.
  const auto space = nasrl({{"layers", "3"}, {"strides", "true"}}, {{1, 28, 20}, 10});
  const Architecture net = space->build({{0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 1}});
  CHECK(net.shape(node(net, "layer2.1x1n8", ".activation")) == Shape{8, 10, 7});
  CHECK(net.shape(node(net, "layer3", ".pad1")) == Shape{8, 14, 10});
  CHECK(net.shape(node(net, "layer3", ".concat")) == Shape{16, 14, 10});
}

TEST_CASE("every sample of NAS-RL builds, however small the image") {
  const Task task = GENERATE(Task{{1, 28, 28}, 10}, Task{{3, 32, 32}, 10}, Task{{1, 1, 2}, 2});
  const auto space = nasrl({{"strides", GENERATE("true", "false")}}, task);
  Random random(derive_seed(1, "samples"));
  for (int i = 0; i < 20; ++i) {
    const Genotype genotype = space->sample_uniform(random);
    const Architecture net = space->build(genotype);
    REQUIRE_NOTHROW(check_complete(net));
    REQUIRE(net.shape(net.outputs().at(0)) == Shape{task.classes, 1, 1});
  }
}

TEST_CASE("an answer that NAS-RL does not have is refused with the decision's name") {
  CHECK_THROWS_WITH(nasrl({{"layers", "1"}})->build({{0, 4, 0}}), Contains("layer1.width"));
}
