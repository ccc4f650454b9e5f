#include "search_spaces/anynet.hpp"

#include <algorithm>
#include <map>

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"
#include "core/search/big_integer.hpp"
#include "search_spaces/anynet_network.hpp"
#include "search_spaces/quantised_draw.hpp"
#include "tests/search_spaces/tasks.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

std::unique_ptr<SearchSpace> anynet(const std::map<std::string, std::string>& options,
                                    const Task& task = cifar_task) {
  const SpaceEntry entry = anynet_space();
  return entry.make(task, OptionValues("anynet", entry.options, options));
}

std::unique_ptr<SearchSpace> published(const char* level) {
  return anynet({{"level", level}, {"preset", "published"}}, imagenet_task);
}

}  // namespace

TEST_CASE("AnyNetX A to E have the sizes of the paper's table, ties counted") {
  CHECK(size_digits(*published("A")) == "1846757322198614016");
  CHECK(size_digits(*published("B")) == "68398419340689408");
  CHECK(size_digits(*published("C")) == "316659348799488");
  CHECK(size_digits(*published("D")) == "13821510942720");
  CHECK(size_digits(*published("E")) == "817446539520");
}

TEST_CASE("the paper's own sizes of AnyNetX D and E leave equal stages out") {
  CHECK(published("C")->counts().empty());
  const auto d = published("D")->counts(), e = published("E")->counts();
  CHECK(d.at(0).digits == "13194139533312");
  CHECK(d.at(1).digits == "13821510942720");
  CHECK(e.at(0).digits == "549755813888");
  CHECK(e.at(1).digits == "817446539520");
  CHECK(e.at(1).formula == "C(131, 4) * C(19, 4) * 3 * 6");
}

TEST_CASE("AnyNet's size in closed form equals the number enumerated") {
  const auto level = GENERATE("A", "B", "C", "D", "E");
  const auto space = anynet({{"level", level},
                             {"stages", "2"},
                             {"max_depth", "2"},
                             {"max_width", "32"},
                             {"max_group", "2"}});
  CAPTURE(level);
  CHECK(count_by_enumeration(*space) == space->size()->value);
}

TEST_CASE("AnyNet's completions count what follows every prefix") {
  const auto level = GENERATE("A", "B", "D", "E");
  const auto space = anynet({{"level", level},
                             {"stages", "3"},
                             {"max_depth", "2"},
                             {"max_width", "16"},
                             {"max_group", "1"}});
  std::map<std::vector<int>, std::size_t> counted;
  space->enumerate([&](const Genotype& genotype) {
    for (std::size_t i = 0; i <= genotype.answers.size(); ++i) {
      ++counted[{genotype.answers.begin(), genotype.answers.begin() + static_cast<long>(i)}];
    }
    return true;
  });
  for (const auto& [prefix, count] : counted) {
    Genotype genotype{prefix};
    genotype.answers.resize(space->decisions().size());
    REQUIRE(space->completions(genotype, prefix.size())->value == count);
  }
}

TEST_CASE("uniform samples of AnyNet E reach every genotype about equally often") {
  const auto space =
      anynet({{"stages", "3"}, {"max_depth", "2"}, {"max_width", "24"}, {"max_group", "1"}});
  const int genotypes = 4 * 10 * 3;
  constexpr int draws_each = 200;
  std::map<Genotype, int> seen;
  Random random(derive_seed(1, "uniform"));
  for (int i = 0; i < genotypes * draws_each; ++i) {
    const Genotype genotype = space->sample_uniform(random);
    space->validate(genotype);
    ++seen[genotype];
  }
  CHECK(seen.size() == genotypes);
  double squares = 0;
  for (const auto& [genotype, count] : seen) {
    squares += (count - draws_each) * (count - draws_each) / static_cast<double>(draws_each);
  }
  CHECK(squares < 175);  // chi-square with 119 degrees of freedom: 0.06 % lie above
}

TEST_CASE("samples of AnyNet keep the orders of their level and are uniform in the logarithm") {
  const auto space = published("E");
  Random random(derive_seed(2, "samples"));
  for (int i = 0; i < 200; ++i) space->validate(space->sample(random));

  // (4, 1024] in the logarithm: half of the widths are at most 64.
  const auto free = published("C");
  int narrow = 0;
  constexpr int draws = 2000;
  for (int i = 0; i < draws; ++i) narrow += free->sample(random).answers[1] < 8;
  CHECK(narrow == Approx(draws / 2.0).epsilon(0.1));
}

TEST_CASE("a logarithmic draw reaches both ends and rounds up") {
  Random random(derive_seed(3, "draws"));
  std::map<int, int> seen;
  constexpr int draws = 30'000;
  for (int i = 0; i < draws; ++i) ++seen[draw_log_uniform(1, 4, random)];
  // ln(2) : ln(2) : ln(3/2) : ln(4/3) out of ln(8).
  CHECK(seen[1] == Approx(draws * 0.3333).epsilon(0.05));
  CHECK(seen[2] == Approx(draws * 0.3333).epsilon(0.05));
  CHECK(seen[3] == Approx(draws * 0.1950).epsilon(0.05));
  CHECK(seen[4] == Approx(draws * 0.1383).epsilon(0.05));
}

TEST_CASE("widths and groups are made compatible as in pycls") {
  const auto fitted = [](std::int64_t width, std::int64_t bottleneck, std::int64_t group) {
    const AnyNetStage stage =
        with_compatible_groups({.width = width, .bottleneck = bottleneck, .group_width = group});
    return std::pair{stage.width, stage.group_width};
  };
  using Pair = std::pair<std::int64_t, std::int64_t>;
  CHECK(fitted(56, 1, 8) == Pair{56, 8});
  CHECK(fitted(8, 4, 32) == Pair{8, 2});     // no wider than the two channels inside
  CHECK(fitted(24, 1, 16) == Pair{32, 16});  // 1.5 groups round to two
  CHECK(fitted(40, 1, 16) == Pair{32, 16});  // and so do 2.5: half to even
  CHECK(fitted(1000, 1, 32) == Pair{992, 32});
  CHECK(fitted(520, 4, 32) == Pair{512, 32});
}

TEST_CASE("AnyNet builds the stages that the genotype says") {
  const auto space = anynet({{"level", "C"}, {"preset", "published"}}, imagenet_task);
  // Depths 1, 1, 2, 3; widths 24, 56, 152, 368; b = 1, g = 8.
  const Architecture net = space->build({{0, 2, 0, 6, 1, 18, 2, 45, 0, 3}});
  CHECK(net.shape(net.outputs().at(0)) == Shape{1000, 1, 1});
  std::vector<Shape> blocks;
  for (NodeId node = 0; node < net.size(); ++node) {
    if (net.op(node).kind() == OpKind::add) blocks.push_back(net.shape(node));
  }
  CHECK(blocks == std::vector<Shape>{{24, 56, 56},
                                     {56, 28, 28},
                                     {152, 14, 14},
                                     {152, 14, 14},
                                     {368, 7, 7},
                                     {368, 7, 7},
                                     {368, 7, 7}});
}

TEST_CASE("AnyNet's strides go with the preset and need a large enough image") {
  const Task fashion_task{{1, 28, 28}, 10};
  const auto space = anynet({}, fashion_task);
  Random random(derive_seed(4, "builds"));
  for (int i = 0; i < 20; ++i) CHECK_NOTHROW(space->build(space->sample(random)));
  // Ever halved, the odd pixel kept: 5, 3, 2, 1 and 17, 9, 5, 3, 2, 1.
  check_complete(anynet({}, {{1, 5, 28}, 10})->build(space->sample(random)));
  CHECK_THROWS_WITH(anynet({}, {{1, 4, 28}, 10}), Contains("5x5") && Contains("1x4x28"));
  const std::map<std::string, std::string> paper = {{"preset", "published"}};
  const auto of_paper = anynet(paper, {{3, 17, 17}, 10});
  check_complete(of_paper->build(of_paper->sample(random)));
  CHECK_THROWS_WITH(anynet(paper, {{3, 16, 16}, 10}), Contains("17x17"));
}

TEST_CASE("AnyNet refuses widths and groups that cannot be") {
  CHECK_THROWS_WITH(anynet({{"max_width", "20"}}), Contains("'20'") && Contains("multiple of 8"));
  CHECK_THROWS_WITH(anynet({{"max_group", "6"}}), Contains("'6'") && Contains("power of two"));
  const auto space = anynet({{"level", "D"}});
  CHECK_THROWS_WITH(space->build({{0, 3, 0, 2, 0, 3, 0, 3, 0, 0}}), Contains("stage2.width"));
}
