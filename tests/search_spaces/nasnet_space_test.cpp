#include "search_spaces/nasnet_space.hpp"

#include <map>

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"
#include "core/search/big_integer.hpp"
#include "tests/search_spaces/make_space.hpp"

using namespace nas;
using namespace nas::test;

namespace {

constexpr const char* lecture = "one cell, lecture";
constexpr const char* cell = "one cell";
constexpr const char* always_added = "one cell, as in Radosavovic et al. 2019";

const std::vector<std::string> variants = {"nasnet", "amoebanet", "pnas", "enas-micro"};

Cost published_cost(const char* name) {
  const NamedArchitecture& named = named_architecture(search_space("nasnet"), name);
  return cost(named.build(named.task));
}

}  // namespace

TEST_CASE("NASNet's cells are as many as the lecture, the paper and the survey of spaces count") {
  const auto nasnet = make_space("nasnet");
  CHECK(count_of(*nasnet, lecture) == "4517347060908032");
  CHECK(count_of(*nasnet, cell) == "2286906949584691200");
  CHECK(count_of(*nasnet, always_added) == "71465842174521600");
  const boost::multiprecision::cpp_int one("2286906949584691200");
  CHECK(nasnet->size()->value == one * one);
  // The lecture's example has five ops and two combinations.
  const auto example = make_space("nasnet", {{"variant", "enas-micro"}, {"combine", "add_concat"}});
  CHECK(count_of(*example, lecture) == "320000000000");
}

TEST_CASE("the variants' cells are as many as the survey of spaces counts") {
  const auto one_cell = [](const char* variant) {
    return count_of(*make_space("nasnet", {{"variant", variant}}), cell);
  };
  CHECK(one_cell("amoebanet") == "556627761561600");
  CHECK(one_cell("pnas") == "556627761561600");
  CHECK(one_cell("enas-micro") == "5062500000000");
  // One cell for both.
  CHECK(size_digits(*make_space("nasnet", {{"variant", "pnas"}})) == "556627761561600");
}

TEST_CASE("the sizes of small NASNet spaces equal the numbers enumerated") {
  const auto pnas = make_space("nasnet", {{"variant", "pnas"}, {"blocks", "1"}});
  CHECK(pnas->size()->value == 4 * 64);
  CHECK(count_by_enumeration(*pnas) == 4 * 64);
  CHECK(count_enumerated(*pnas) == 16 * 17 / 2);
  CHECK(count_of(*pnas, "canonical") == "136");
  const auto enas =
      make_space("nasnet", {{"variant", "enas-micro"}, {"blocks", "1"}, {"combine", "add_concat"}});
  CHECK(enas->size()->value == 4 * 25 * 2 * 4 * 25 * 2);
  CHECK(count_by_enumeration(*enas) == 40000);
  CHECK(count_enumerated(*enas) == 110 * 110);
  CHECK(count_of(*enas, "canonical") == "12100");
}

TEST_CASE("swapping the halves of a block gives the same canonical cell and network") {
  const auto space = make_space("nasnet", {{"blocks", "2"}});
  const Genotype one{{1, 0, 3, 9, 1, 2, 0, 5, 5, 0, 1, 1, 7, 2, 0, 0, 1, 0, 0, 1}};
  const Genotype same{{0, 1, 9, 3, 1, 0, 2, 5, 5, 0, 1, 1, 2, 7, 0, 0, 1, 0, 0, 1}};
  CHECK(space->canonical(one) == same);
  CHECK(space->canonical(same) == same);
  CHECK(space->build(one) == space->build(same));
}

TEST_CASE("uniform samples of NASNet are canonical, and alike in number") {
  const auto space = make_space("nasnet", {{"variant", "enas-micro"}, {"blocks", "1"}});
  // 55 unordered pairs of halves in each of two cells.
  std::map<int, int> seen;
  Random random(derive_seed(1, "nasnet"));
  constexpr int draws = 5500;
  for (int i = 0; i < draws; ++i) {
    const Genotype drawn = space->sample_uniform(random);
    CHECK(space->canonical(drawn) == drawn);
    const std::vector<int>& a = drawn.answers;
    ++seen[((a[0] * 2 + a[1]) * 5 + a[2]) * 5 + a[3]];
  }
  CHECK(seen.size() == 55);
  for (const auto& [pair, count] : seen) {
    // 100 expected, with a standard deviation of 10.
    CHECK(count > 50);
    CHECK(count < 150);
  }
}

TEST_CASE("every variant builds complete networks at any resolution, with either stem") {
  Random random(derive_seed(2, "nasnet"));
  for (const std::string& variant : variants) {
    for (const Task& task : {Task{{1, 28, 28}, 10}, Task{{2, 9, 17}, 3}, Task{{1, 4, 4}, 2}}) {
      const auto space = make_space("nasnet", {{"variant", variant}}, task);
      for (int i = 0; i < 5; ++i) check_complete(space->build(space->sample(random)));
    }
    const auto imagenet =
        make_space("nasnet", {{"variant", variant}, {"stem", "imagenet"}}, {{3, 65, 70}, 100});
    check_complete(imagenet->build(imagenet->sample(random)));
  }
}

TEST_CASE("NASNet-A has the published costs") {
  CHECK(published_cost("nasnet-a").params / 100000 == 33);  // 3.3 M
  const Cost mobile = published_cost("nasnet-a-mobile");
  CHECK(mobile.params == 5289978);
  CHECK(static_cast<double>(mobile.macs) / 1e6 == Approx(564).margin(0.5));
  const Cost large = published_cost("nasnet-a-large");
  CHECK(large.params == 88753150);
  CHECK(static_cast<double>(large.macs) / 1e9 == Approx(23.8).margin(0.05));
}

TEST_CASE("weights of NASNet cells with equal names have equal shapes") {
  std::map<std::string, std::vector<std::int64_t>> shapes;
  Random random(derive_seed(3, "nasnet"));
  const auto space = make_space("nasnet");
  for (int i = 0; i < 30; ++i) {
    const Architecture net = space->build(space->sample(random));
    for (NodeId node = 0; node < net.size(); ++node) {
      for (const ParameterSpec& spec : net.parameters(node)) {
        const std::string name = net.reference(node, spec).name;
        CHECK(shapes.try_emplace(name, spec.shape).first->second == spec.shape);
      }
    }
  }
}

TEST_CASE("images that are too small and filters that are too few are refused") {
  CHECK_THROWS_WITH(make_space("nasnet", {}, {{3, 3, 9}, 10}), Catch::Contains("at least 4x4"));
  CHECK_THROWS_WITH(make_space("nasnet", {{"stem", "imagenet"}}, {{3, 31, 99}, 10}),
                    Catch::Contains("at least 32x32"));
  CHECK_THROWS_WITH(make_space("nasnet", {{"filters", "7"}}),
                    Catch::Contains("'filters'") && Catch::Contains("at least 8"));
}

TEST_CASE("a NASNet genotype is written block by block") {
  const auto space = make_space("nasnet", {{"blocks", "1"}});
  CHECK(space->text({{0, 1, 11, 10, 0, 0, 0, 5, 0, 1}}) ==
        "normal h:sep_conv_5x5+h-1:sep_conv_3x3 | reduction h:max_pool_3x3,h:identity");
}
