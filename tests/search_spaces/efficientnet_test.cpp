#include "search_spaces/efficientnet.hpp"

#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"
#include "core/search/big_integer.hpp"
#include "tests/search_spaces/tasks.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

const Genotype papers{{4, 2, 3}};  // (1.2, 1.1, 1.15)

std::unique_ptr<SearchSpace> efficientnet(const std::map<std::string, std::string>& options,
                                          const Task& task = cifar_task) {
  const SpaceEntry entry = efficientnet_space();
  return entry.make(task, OptionValues("efficientnet", entry.options, options));
}

std::vector<Genotype> enumerated(const SearchSpace& space) {
  std::vector<Genotype> all;
  space.enumerate([&](const Genotype& genotype) {
    all.push_back(genotype);
    return true;
  });
  return all;
}

std::int64_t macs(const std::string& phi, const Genotype& genotype = papers) {
  const auto space = efficientnet({{"preset", "published"}, {"phi", phi}}, imagenet_task);
  return cost(space->build(genotype)).macs;
}

Cost named_cost(const std::string& name) {
  const SpaceEntry entry = efficientnet_space();
  const NamedArchitecture& found = named_architecture(entry, name);
  return cost(found.build(found.task));
}

}  // namespace

TEST_CASE("EfficientNet-B0 to B7 have the published parameters and MACs") {
  CHECK(named_cost("efficientnet-b0").params == 5'288'548);
  CHECK(named_cost("efficientnet-b0").macs == 385'814'752);
  // Parameters as torchvision lists them.
  const std::map<std::string, std::int64_t> params = {
      {"efficientnet-b1", 7'794'184},  {"efficientnet-b2", 9'109'994},
      {"efficientnet-b3", 12'233'232}, {"efficientnet-b4", 19'341'616},
      {"efficientnet-b5", 30'389'784}, {"efficientnet-b6", 43'040'704},
      {"efficientnet-b7", 66'347'960}};
  for (const auto& [name, expected] : params) {
    CAPTURE(name);
    CHECK(named_cost(name).params == expected);
  }
  // In billions, as torchvision lists them; it has B2 at another resolution.
  const std::map<std::string, double> billions = {
      {"efficientnet-b1", 0.69},  {"efficientnet-b3", 1.83},  {"efficientnet-b4", 4.39},
      {"efficientnet-b5", 10.27}, {"efficientnet-b6", 19.07}, {"efficientnet-b7", 37.75}};
  for (const auto& [name, expected] : billions) {
    CAPTURE(name);
    CHECK(static_cast<double>(named_cost(name).macs) / 1e9 == Approx(expected).margin(5e-3));
  }
}

TEST_CASE("the grid of compound scaling has 109 candidates, the one on its limit among them") {
  const auto space = efficientnet({});
  const std::vector<Genotype> all = enumerated(*space);
  CHECK(all.size() == 109);
  CHECK(size_digits(*space) == "109");
  CHECK(count_by_enumeration(*space) == 109);
  const std::set<Genotype> found(all.begin(), all.end());
  CHECK(found.contains(papers));
  std::vector<double> factors;
  for (std::size_t i = 0; i < papers.answers.size(); ++i) {
    factors.push_back(
        std::stod(space->decisions()[i].options[static_cast<std::size_t>(papers.answers[i])]));
  }
  CHECK(factors == std::vector<double>{1.2, 1.1, 1.15});
  CHECK(factors[0] * factors[1] * factors[1] * factors[2] * factors[2] ==
        Approx(1.92027).margin(5e-6));
  CHECK(found.contains({{18, 0, 0}}));  // (1.9, 1, 1): 1.9 exactly
  CHECK_FALSE(found.contains({{17, 0, 0}}));
}

TEST_CASE("each axis alone is part of the compound grid") {
  const auto only = [](const char* axis) { return enumerated(*efficientnet({{"axis", axis}})); };
  CHECK(only("depth") == std::vector<Genotype>{{{18, 0, 0}}, {{19, 0, 0}}, {{20, 0, 0}}});
  CHECK(only("width") == std::vector<Genotype>{{{0, 8, 0}}});
  CHECK(only("resolution") == std::vector<Genotype>{{{0, 0, 8}}});
}

TEST_CASE("B0 grows with phi by 2.573, 4.693 and 8.426") {
  const double b0 = 385'814'752;
  CHECK(macs("0") == 385'814'752);
  CHECK(static_cast<double>(macs("1")) / b0 == Approx(2.573).margin(5e-4));
  CHECK(static_cast<double>(macs("2")) / b0 == Approx(4.693).margin(5e-4));
  CHECK(static_cast<double>(macs("3")) / b0 == Approx(8.426).margin(5e-4));
}

TEST_CASE("factors scale layers, channels and the image, and nothing else") {
  const auto space = efficientnet({{"preset", "published"}}, imagenet_task);
  const auto shape_of = [&](const Genotype& genotype) {
    const Architecture net = space->build(genotype);
    std::int64_t blocks = 0;
    for (NodeId node = 0; node < net.size(); ++node) {
      blocks += net.name(node).ends_with(".depthwise");
    }
    return std::tuple{blocks, net.shape(1).channels, net.shape(0)};
  };
  CHECK(shape_of({{20, 0, 0}}) ==
        std::tuple{std::int64_t{32}, std::int64_t{32}, Shape{3, 224, 224}});
  CHECK(shape_of({{0, 8, 0}}) ==
        std::tuple{std::int64_t{16}, std::int64_t{48}, Shape{3, 224, 224}});
  CHECK(shape_of({{0, 0, 8}}) ==
        std::tuple{std::int64_t{16}, std::int64_t{32}, Shape{3, 314, 314}});
}

TEST_CASE("every candidate of the small baseline builds, and uniform samples are candidates") {
  const auto space = efficientnet({}, {{1, 28, 28}, 10});
  for (const Genotype& genotype : enumerated(*space)) {
    REQUIRE(space->canonical(genotype) == genotype);
    const Architecture net = space->build(genotype);
    REQUIRE(net.shape(net.outputs().at(0)) == Shape{10, 1, 1});
  }
  Random random(derive_seed(1, "samples"));
  Genotype parent = space->sample(random);
  for (int i = 0; i < 100; ++i) {
    space->validate(space->sample_uniform(random));
    const Genotype child = space->mutate_one(parent, random);
    space->validate(child);
    space->validate(space->crossover(parent, child, random));
    space->validate(space->mutate_each(parent, 0.5, random));
    parent = child;
  }
}

TEST_CASE("stochastic depth and dropout are the paper's in the published preset only") {
  const auto count = [](const Architecture& net, OpKind kind) {
    int found = 0;
    for (NodeId node = 0; node < net.size(); ++node) found += net.op(node).kind() == kind;
    return found;
  };
  const Architecture published =
      efficientnet({{"preset", "published"}, {"phi", "0"}}, imagenet_task)->build(papers);
  CHECK(count(published, OpKind::dropout) == 1);
  CHECK(count(published, OpKind::drop_path) == 9);  // of 16 blocks, those that keep their shape
  const Architecture small = efficientnet({})->build(papers);
  CHECK(count(small, OpKind::dropout) + count(small, OpKind::drop_path) == 0);
}

TEST_CASE("a grid without candidates, and an image that is too small, are refused") {
  CHECK_THROWS_WITH(efficientnet({{"axis", "width"}, {"tolerance", "0.01"}}),
                    Contains("'0.01'") && Contains("'width'"));
  check_complete(efficientnet({{"preset", "published"}}, {{3, 17, 28}, 10})->build(papers));
  CHECK_THROWS_WITH(efficientnet({{"preset", "published"}}, {{3, 16, 28}, 10}),
                    Contains("17x17") && Contains("3x16x28"));
  CHECK_THROWS_WITH(efficientnet({})->build({{0, 0, 0}}),
                    Contains("alpha") || Contains("beta") || Contains("gamma"));
}
