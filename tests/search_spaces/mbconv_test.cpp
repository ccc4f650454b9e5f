#include "search_spaces/mbconv.hpp"

#include <algorithm>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "core/architecture/architecture_json.hpp"
#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"
#include "core/search/big_integer.hpp"
#include "tests/search_spaces/tasks.hpp"

using namespace nas;

namespace {

std::unique_ptr<SearchSpace> mbconv(const Task& task,
                                    const std::map<std::string, std::string>& options = {}) {
  return make_mbconv(task, OptionValues("mbconv", mbconv_options(), options));
}

/// All answers at their first option, or all at the last that is open.
Genotype extreme(const SearchSpace& space, bool last) {
  Genotype genotype;
  for (std::size_t i = 0; i < space.decisions().size(); ++i) {
    const std::vector<bool> open = space.allowed(genotype, i);
    const auto found = last ? std::find(open.rbegin(), open.rend(), true).base() - 1
                            : std::find(open.begin(), open.end(), true);
    genotype.answers.push_back(static_cast<int>(found - open.begin()));
  }
  return genotype;
}

std::size_t decision(const SearchSpace& space, const std::string& name) {
  const auto& all = space.decisions();
  const auto found = std::ranges::find(all, name, &Decision::name);
  REQUIRE(found != all.end());
  return static_cast<std::size_t>(found - all.begin());
}

int count_stages(const SearchSpace& space) {
  return static_cast<int>(std::ranges::count_if(space.decisions(), [](const Decision& d) {
    return d.name.starts_with("stage") && d.name.ends_with(".depth");
  }));
}

NodeId node(const Architecture& net, const std::string& name) {
  for (NodeId id = 0; id < net.size(); ++id) {
    if (net.name(id) == name) return id;
  }
  FAIL("no node '" << name << "'");
  return 0;
}

}  // namespace

TEST_CASE("the size in closed form equals the number enumerated") {
  const auto check = [](const Task& task, const char* depth, std::size_t expected) {
    const auto space = mbconv(task, {{"max_depth", depth}});
    REQUIRE(count_by_enumeration(*space) == expected);
    REQUIRE(space->size()->value == expected);
  };
  check({{1, 8, 8}, 10}, "1", 3 * 3 * 18);
  check({{1, 8, 8}, 10}, "2", 3 * 3 * (18 + 18 * 36));
  check({{3, 14, 14}, 2}, "1", 3 * 54 * 54);
}

TEST_CASE("the documented size at 28x28") {
  // (3 * 863802)^3 * 3 with 863802 = 18 * (1 + 36 + 36^2 + 36^3).
  REQUIRE(size_digits(*mbconv(fashion_task)) == "52206867385785454248");
}

TEST_CASE("the documented range of costs at 28x28") {
  const auto space = mbconv(fashion_task);
  const Cost smallest = cost(space->build(extreme(*space, false)));
  const Cost largest = cost(space->build(extreme(*space, true)));
  REQUIRE(smallest.macs == Approx(0.27e6).epsilon(0.02));
  REQUIRE(largest.macs == Approx(62e6).epsilon(0.02));
}

TEST_CASE("stages fit the resolution") {
  const auto final_side = [](std::int64_t side) {
    const auto space = mbconv({{3, side, side}, 10});
    const Architecture net = space->build(extreme(*space, false));
    return net.shape(node(net, "head")).height;
  };
  REQUIRE(count_stages(*mbconv({{1, 28, 28}, 10})) == 3);
  REQUIRE(count_stages(*mbconv({{3, 32, 32}, 10})) == 3);
  REQUIRE(count_stages(*mbconv({{3, 64, 64}, 10})) == 3);
  REQUIRE(count_stages(*mbconv({{3, 128, 128}, 10})) == 4);
  REQUIRE(count_stages(*mbconv({{3, 224, 224}, 10})) == 5);
  for (const std::int64_t side : {28, 32, 48, 64, 96, 128, 160, 192, 224}) {
    CAPTURE(side);
    REQUIRE(final_side(side) >= 7);
    REQUIRE(final_side(side) <= 13);
  }
}

TEST_CASE("every sample builds, at any shape, and survives a round trip through JSON") {
  const Task task = GENERATE(Task{{1, 28, 28}, 10}, Task{{3, 32, 32}, 100}, Task{{2, 9, 17}, 3},
                             Task{{3, 224, 224}, 1000}, Task{{1, 4, 4}, 2});
  const auto space = mbconv(task);
  Random random(derive_seed(1, "samples"));
  for (int i = 0; i < 20; ++i) {
    const Genotype genotype = space->sample(random);
    REQUIRE(space->canonical(genotype) == genotype);
    const Architecture net = space->build(genotype);
    REQUIRE(net.shape(net.outputs().at(0)) == Shape{task.classes, 1, 1});
    REQUIRE(architecture_from_json(to_json(net)) == net);
  }
}

TEST_CASE("mutation and crossover give valid genotypes") {
  const auto space = mbconv(fashion_task);
  Random random(derive_seed(2, "children"));
  Genotype a = space->sample(random), b = space->sample(random);
  for (int i = 0; i < 200; ++i) {
    const Genotype one = space->mutate_one(a, random);
    REQUIRE(one != a);
    space->validate(one);
    space->validate(space->mutate_each(a, 0.1, random));
    space->validate(space->crossover(a, b, random));
    b = a;
    a = one;
  }
}

TEST_CASE("answers about layers that do not exist change nothing") {
  const auto space = mbconv(fashion_task);
  Genotype genotype = extreme(*space, true);
  genotype.answers[decision(*space, "stage2.depth")] = 1;
  const Genotype canonical = space->canonical(genotype);
  REQUIRE(canonical.answers[decision(*space, "stage2.layer2.kernel")] == 2);
  REQUIRE(canonical.answers[decision(*space, "stage2.layer3.kernel")] == 0);
  REQUIRE_THROWS_AS(space->build(genotype), Error);
}

TEST_CASE("each decision reaches the network") {
  const auto space = mbconv(fashion_task);
  Genotype genotype = extreme(*space, false);
  const auto with = [&](const std::string& name, int answer) {
    Genotype changed = genotype;
    changed.answers[decision(*space, name)] = answer;
    return space->build(changed);
  };
  genotype.answers[decision(*space, "stage1.depth")] = 1;
  const Cost plain = cost(space->build(genotype));
  REQUIRE(cost(with("stage1.layer2.kernel", 2)).macs > plain.macs);
  REQUIRE(cost(with("stage1.layer2.expansion", 2)).macs > plain.macs);
  REQUIRE(cost(with("stage1.layer2.se", 1)).params > plain.params);
  REQUIRE(cost(with("stage1.width", 1)).params > plain.params);
  REQUIRE(cost(with("stem.width", 1)).params > plain.params);
  const Architecture residual = with("stage1.layer2.skip", 1);
  REQUIRE(cost(residual).params == plain.params);
  REQUIRE(residual.size() == space->build(genotype).size() + 1);
}

TEST_CASE("images that are too small, and a single class, are refused") {
  REQUIRE_THROWS_WITH(mbconv({{1, 3, 28}, 10}),
                      Catch::Contains("4x4") && Catch::Contains("1x3x28"));
  REQUIRE_THROWS_WITH(mbconv({{1, 28, 28}, 1}), Catch::Contains("2 classes"));
}
