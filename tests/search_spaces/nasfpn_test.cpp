#include "search_spaces/nasfpn.hpp"

#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"
#include "core/search/big_integer.hpp"
#include "search_spaces/nasfpn_network.hpp"
#include "tests/search_spaces/tasks.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

const Task coco_small{{3, 32, 32}, 4};
const Task coco{{3, 640, 640}, 90};

std::unique_ptr<SearchSpace> nasfpn(const std::map<std::string, std::string>& options = {},
                                    const Task& task = coco_small) {
  const SpaceEntry entry = nasfpn_space();
  return entry.make(task, OptionValues("nasfpn", entry.options, options));
}

Architecture named(const std::string& name) {
  const SpaceEntry entry = nasfpn_space();
  const NamedArchitecture& found = named_architecture(entry, name);
  return found.build(found.task);
}

std::vector<NodeId> nodes(const Architecture& net, const std::string& ending) {
  std::vector<NodeId> found;
  for (NodeId id = 0; id < net.size(); ++id) {
    if (net.name(id).ends_with(ending)) found.push_back(id);
  }
  return found;
}

/// Two levels, one intermediate cell and two outputs, on inputs of 8x8 and 4x4.
Architecture tiny(const std::vector<Merge>& merges) {
  return pyramid_alone({.merges = merges}, 2, {4, 8, 8});
}

}  // namespace

TEST_CASE("NAS-FPN has the published sizes") {
  const auto space = nasfpn({{"preset", "published"}}, coco);
  CHECK(size_digits(*space) == "3017710080000000");
  CHECK(space->counts().at(0).digits == "386266890240000000");
  CHECK(size_digits(*nasfpn({{"levels", "2"}, {"intermediate", "0"}})) == "24");
}

TEST_CASE("NAS-FPN's size in closed form equals the number enumerated") {
  for (const char* intermediate : {"0", "1"}) {
    const auto space = nasfpn({{"levels", "2"}, {"intermediate", intermediate}});
    CHECK(count_by_enumeration(*space) == space->size()->value);
  }
}

TEST_CASE("NAS-FPN's completions count what follows every prefix") {
  const auto space = nasfpn({{"levels", "2"}, {"intermediate", "1"}});
  std::map<std::vector<int>, std::size_t> counted;
  space->enumerate([&](const Genotype& genotype) {
    for (std::size_t i = 0; i <= genotype.answers.size(); ++i) {
      ++counted[{genotype.answers.begin(), genotype.answers.begin() + static_cast<long>(i)}];
    }
    return true;
  });
  for (const auto& [prefix, count] : counted) {
    REQUIRE(space->completions({prefix}, prefix.size())->value == count);
  }
}

TEST_CASE("uniform samples of NAS-FPN reach every genotype about equally often") {
  const auto space = nasfpn({{"levels", "2"}, {"intermediate", "0"}});
  std::map<Genotype, int> seen;
  Random random(derive_seed(1, "uniform"));
  constexpr int draws_each = 500;
  for (int i = 0; i < 24 * draws_each; ++i) ++seen[space->sample_uniform(random)];
  CHECK(seen.size() == 24);
  for (const auto& [genotype, count] : seen) CHECK(count == Approx(draws_each).epsilon(0.25));
}

TEST_CASE("the pyramid that was found has the published cost") {
  const Cost once = cost(named("nas-fpn"));
  CHECK(once.macs == 6'915'686'400);
  CHECK(once.params == 7 * (9 * 256 * 256 + 2 * 256));
  // Its 3x3 convolutions, by the side of their level.
  std::map<std::int64_t, std::int64_t> macs;
  const Architecture net = named("nas-fpn");
  const std::vector<NodeCost> costs = node_costs(net);
  for (NodeId node = 0; node < net.size(); ++node) {
    if (costs[node].macs > 0) macs[net.shape(node).height] = costs[node].macs;
  }
  CHECK(macs == std::map<std::int64_t, std::int64_t>{{80, 3'774'873'600},
                                                     {40, 943'718'400},
                                                     {20, 235'929'600},
                                                     {10, 58'982'400},
                                                     {5, 14'745'600}});
  const Cost seven = cost(named("nas-fpn-7"));
  CHECK(seven.macs == 48'409'804'800);
  CHECK(seven.params - 49 * 2 * 256 == 28'901'376);
}

TEST_CASE("the pyramid that was found has an output on each level and two leftovers") {
  const Architecture net = named("nas-fpn");
  std::vector<Shape> outputs;
  for (const NodeId output : net.outputs()) outputs.push_back(net.shape(output));
  CHECK(outputs == std::vector<Shape>{
                       {256, 80, 80}, {256, 40, 40}, {256, 20, 20}, {256, 10, 10}, {256, 5, 5}});
  // In the order of its cells: P4, P4, P3, P4, P5, P7, P6, of which the last five are outputs.
  std::vector<std::int64_t> sides;
  for (const NodeId node : nodes(net, ".activation")) sides.push_back(net.shape(node).height);
  CHECK(sides == std::vector<std::int64_t>{40, 40, 80, 40, 20, 5, 10});

  const std::vector<NodeId> leftovers = nodes(net, ".leftovers");
  REQUIRE(leftovers.size() == 2);
  CHECK(net.inputs(leftovers[0])[1] == 2);  // P5 into the output of its level
  CHECK(net.inputs(leftovers[1])[1] == 4);  // P7
}

TEST_CASE("the coarser feature gates the finer one, on every level") {
  const Architecture net =
      tiny({{0, 1, 0, MergeOp::attention}, {0, 2, 0, MergeOp::sum}, {1, 2, 1, MergeOp::sum}});
  const NodeId pool = nodes(net, "attention.0-1.pool").at(0);
  const NodeId up = net.inputs(pool)[0];
  CHECK(net.op(pool).kind() == OpKind::global_max_pool);
  CHECK(net.op(up).kind() == OpKind::upsample);
  CHECK(net.inputs(up)[0] == 1);
  const NodeId scale = nodes(net, "attention.0-1.scale").at(0);
  CHECK(net.inputs(scale)[0] == 0);
  CHECK(net.inputs(nodes(net, "attention.0-1.merge").at(0)) == std::vector<NodeId>{up, scale});
}

TEST_CASE("a feature that nothing has read joins the next output of its level") {
  // The intermediate cell on level 0 is read by nobody; the inputs are.
  const Architecture net =
      tiny({{0, 1, 0, MergeOp::sum}, {0, 1, 1, MergeOp::sum}, {0, 1, 0, MergeOp::sum}});
  const std::vector<NodeId> leftovers = nodes(net, ".leftovers");
  REQUIRE(leftovers.size() == 1);
  CHECK(net.name(net.inputs(leftovers[0])[1]) == "repeat1.cell1.l0.sum.0-1.norm");
  CHECK_NOTHROW(check_complete(net));
}

TEST_CASE("the gate is pooled as the option says") {
  const Genotype attention{{0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 0, 1, 2, 1}};
  const auto count = [&](const char* gate, OpKind kind) {
    const Architecture net = nasfpn({{"gate", gate}})->build(attention);
    int found = 0;
    for (NodeId node = 0; node < net.size(); ++node) found += net.op(node).kind() == kind;
    return found;
  };
  CHECK(count("max", OpKind::global_max_pool) == 5);
  CHECK(count("average", OpKind::global_average_pool) == 5);
}

TEST_CASE("every sample of NAS-FPN builds, with an output on each level") {
  const Task task = GENERATE(Task{{3, 32, 32}, 4}, Task{{1, 28, 28}, 10}, Task{{3, 45, 33}, 2});
  const auto space = nasfpn({{"repeats", "2"}}, task);
  Random random(derive_seed(2, "builds"));
  for (int i = 0; i < 30; ++i) {
    const Genotype genotype = i % 2 == 0 ? space->sample(random) : space->sample_uniform(random);
    space->validate(genotype);
    const Architecture net = space->build(genotype);
    REQUIRE_NOTHROW(check_complete(net));
    REQUIRE(net.outputs().size() == 3);
    for (std::size_t level = 0; level < 3; ++level) {
      const std::int64_t stride = 8 << level;
      REQUIRE(net.shape(net.outputs()[level]) == Shape{8, (task.input.height + stride - 1) / stride,
                                                       (task.input.width + stride - 1) / stride});
    }
  }
}

TEST_CASE("levels beyond the backbone's last stage are pooled") {
  const auto space = nasfpn({{"levels", "5"}}, {{3, 128, 128}, 4});
  Random random(derive_seed(3, "levels"));
  const Architecture net = space->build(space->sample(random));
  CHECK(net.shape(net.outputs().at(4)) == Shape{8, 1, 1});
  CHECK(net.op(nodes(net, "stride128").at(0)).kind() == OpKind::max_pool);
}

TEST_CASE("NAS-FPN refuses what no pyramid is") {
  CHECK_THROWS_WITH(nasfpn({{"levels", "1"}}), Contains("'1'") && Contains("at least 2"));
  CHECK_THROWS_WITH(nasfpn({}, {{3, 32, 15}, 4}), Contains("16x16") && Contains("3x32x15"));
  const auto space = nasfpn({{"levels", "2"}, {"intermediate", "0"}});
  CHECK_THROWS_WITH(space->build({{0, 0, 0, 0, 0, 1, 1, 0}}), Contains("cell1.second"));
  CHECK_THROWS_WITH(space->build({{0, 1, 0, 0, 0, 1, 0, 0}}), Contains("cell2.level"));
  CHECK_THROWS_WITH(tiny({{0, 0, 0, MergeOp::sum}}), Contains("needs two features"));
  CHECK_THROWS_WITH(tiny({{0, 1, 0, MergeOp::sum}, {0, 1, 0, MergeOp::sum}}),
                    Contains("second output on level 0"));
}
