#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/plugin/dialogue.hpp"
#include "tests/search_spaces/make_space.hpp"

using namespace nas;

namespace {

/// Everything that the grid proposes, told with this height, until it ends.
std::vector<Genotype> walked(const SearchSpace& space, const Given& given,
                             const Dialogue::Height& height = minus_sum) {
  const auto strategy = built_strategy("grid", space, given);
  std::vector<Genotype> result;
  while (const auto proposal = strategy->ask()) {
    result.push_back(proposal->genotype);
    strategy->tell({Result::Kind::measured,
                    std::ssize(result) - 1,
                    proposal->genotype,
                    {},
                    {height(proposal->genotype)}});
  }
  return result;
}

std::vector<Genotype> enumerated(const SearchSpace& space) {
  std::vector<Genotype> result;
  space.enumerate([&](const Genotype& genotype) {
    result.push_back(genotype);
    return true;
  });
  return result;
}

}  // namespace

TEST_CASE("the full grid is every architecture, once, in ascending order") {
  const fake::Space space(4, 3, true);
  CHECK(walked(space, {}) == enumerated(space));
  const auto cells = test::make_space("nasbench201");
  CHECK(walked(*cells, {}).size() == 6466);
}

TEST_CASE("the grid walks the compound scalings of EfficientNet") {
  const auto space = test::make_space("efficientnet", {}, Task{{1, 28, 28}, 10});
  const std::vector<Genotype> all = walked(*space, {});
  CHECK(all.size() == 109);
  CHECK(all == enumerated(*space));
  // (1.2, 1.1, 1.15) of the paper, in steps of 0.05.
  CHECK(std::ranges::count(all, Genotype{{4, 2, 3}}) == 1);
}

TEST_CASE("a strided grid takes every so-manieth answer of ordered decisions") {
  const fake::Space space(2, 5);
  const std::vector<Genotype> expected = {{{0, 0}}, {{0, 3}}, {{3, 0}}, {{3, 3}}};
  CHECK(walked(space, {{"stride", "3"}}) == expected);
  // Ops of NAS-Bench-201 have no order.
  CHECK(walked(*test::make_space("nasbench201"), {{"stride", "3"}}).size() == 6466);
}

TEST_CASE("a grid from coarse to fine closes in on the best") {
  const fake::Space space(2, 33);
  const Genotype peak{{21, 10}};
  const Dialogue::Height height = [&](const Genotype& genotype) {
    return -std::abs(genotype.answers[0] - peak.answers[0]) -
           std::abs(genotype.answers[1] - peak.answers[1]);
  };
  const std::vector<Genotype> points = walked(space, {{"stride", "8"}, {"refine", "true"}}, height);
  CHECK(std::ranges::count(points, peak) == 1);
  // 5 x 5 at a stride of 8, then at most eight new ones at 4, 2 and 1.
  CHECK(points.size() <= 25 + 3 * 8);
  const std::set<Genotype> different(points.begin(), points.end());
  CHECK(different.size() == points.size());
}

TEST_CASE("a finer grid waits for the results of the coarser one") {
  const fake::Space space(1, 5);
  const auto strategy = built_strategy("grid", space, {{"stride", "4"}, {"refine", "true"}});
  for (const int answer : {0, 4}) CHECK(strategy->ask()->genotype == Genotype{{answer}});
  CHECK_FALSE(strategy->ask().has_value());
  strategy->tell({Result::Kind::measured, 0, {{0}}, {}, {1}});
  CHECK_FALSE(strategy->ask().has_value());
  strategy->tell({Result::Kind::failed, 1, {{4}}, {}, {}});
  CHECK(strategy->ask()->genotype == Genotype{{2}});
}
