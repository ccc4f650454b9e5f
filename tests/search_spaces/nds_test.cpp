#include "search_spaces/nds.hpp"

#include <map>

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"
#include "core/search/big_integer.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

std::unique_ptr<SearchSpace> nds(const char* kind, const Task& task = {{3, 32, 32}, 10},
                                 const char* preset = "published") {
  const SpaceEntry entry = nds_space();
  return entry.make(task, OptionValues("nds", entry.options, {{"kind", kind}, {"preset", preset}}));
}

}  // namespace

TEST_CASE("the spaces of NDS have the published sizes") {
  CHECK(size_digits(*nds("vanilla")) == "1259712");
  CHECK(size_digits(*nds("resnet")) == "1259712");
  CHECK(size_digits(*nds("resnext-a")) == "11390625");
  CHECK(size_digits(*nds("resnext-b")) == "52734375");
}

TEST_CASE("the largest networks of NDS's small preset are small") {
  constexpr std::int64_t most_macs = 40'000'000;
  for (const char* kind : {"vanilla", "resnet", "resnext-a", "resnext-b"}) {
    INFO(kind);
    const auto space = nds(kind, {{3, 32, 32}, 10}, "small");
    Genotype largest;
    for (const Decision& decision : space->decisions()) {
      const bool adds_work =
          !decision.name.ends_with("ratio") && !decision.name.ends_with("groups");
      largest.answers.push_back(adds_work ? static_cast<int>(decision.options.size()) - 1 : 0);
    }
    const std::int64_t macs = cost(space->build(largest)).macs;
    CHECK(macs < most_macs);
    CHECK(macs > most_macs / 4);
  }
  CHECK(size_digits(*nds("resnet", {{3, 32, 32}, 10}, "small")) == "1728");
}

TEST_CASE("a residual costs what projections cost") {
  // Depth 1, widths 16, 24, 32: the first stage keeps the stem's shape.
  const Genotype genotype{{0, 0, 0, 1, 0, 2}};
  const Cost plain = cost(nds("vanilla")->build(genotype));
  const Cost residual = cost(nds("resnet")->build(genotype));
  const std::int64_t second = 16 * 24, third = 24 * 32;
  CHECK(plain.params == 9 * (3 * 16 + 2 * 16 * 16 + 16 * 24 + 24 * 24 + 24 * 32 + 32 * 32) +
                            2 * (3 * 16 + 2 * 24 + 2 * 32) + 32 * 10 + 10);
  CHECK(residual.params - plain.params == second + third + 2 * (24 + 32));
  CHECK(residual.macs - plain.macs == second * 16 * 16 + third * 8 * 8);
}

TEST_CASE("grouped bottlenecks have the ratio and the groups of the genotype") {
  // Stage 1: depth 1, width 32, ratio 2, groups 4; the others depth 1, width 16.
  const auto space = nds("resnext-a");
  const Architecture net = space->build({{0, 1, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0}});
  for (NodeId node = 0; node < net.size(); ++node) {
    if (net.name(node) != "stage1.block1.w32b2g4from16.b") continue;
    CHECK(net.shape(node) == Shape{16, 32, 32});
    CHECK(net.op(node).integer("groups") == 4);
    return;
  }
  FAIL("no grouped convolution");
}

TEST_CASE("every sample of NDS builds") {
  const auto space = nds(GENERATE("vanilla", "resnet", "resnext-a", "resnext-b"), {{1, 28, 28}, 10},
                         GENERATE("small", "published"));
  Random random(derive_seed(1, "samples"));
  for (int i = 0; i < 10; ++i) {
    const Architecture net = space->build(space->sample_uniform(random));
    REQUIRE_NOTHROW(check_complete(net));
    REQUIRE(net.shape(net.outputs().at(0)) == Shape{10, 1, 1});
  }
}

TEST_CASE("NDS refuses images that are too small") {
  CHECK_THROWS_WITH(nds("resnet", {{3, 2, 8}, 10}), Contains("3x3") && Contains("3x2x8"));
}
