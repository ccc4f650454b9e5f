#include <algorithm>
#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

#include "core/search/pareto.hpp"
#include "plugins/strategies/nsga2/variation.hpp"
#include "tests/plugin/loaded.hpp"

using namespace nas;

namespace {

const std::vector<Objective> two_costs = {{"first", false}, {"second", false}};
constexpr std::size_t traded = 6;

/// Six answers trade one cost for the other; the rest is waste that both pay for.
Point costs(const Genotype& genotype) {
  double sum = 0, waste = 0;
  for (std::size_t i = 0; i < genotype.answers.size(); ++i) {
    (i < traded ? sum : waste) += genotype.answers[i];
  }
  return {sum + waste, 3 * traded - sum + waste};
}

std::shared_ptr<Strategy> made(const std::string& name, const SearchSpace& space,
                               std::uint64_t seed = 3, const Given& given = {}) {
  const auto library = built_plugins().find(PluginKind::strategy, name);
  const OptionValues options = options_of(*library, given);
  return library->make_strategy({space, two_costs, seed, 1, options});
}

double volume_found(const std::string& strategy, std::uint64_t seed) {
  const fake::Space space(12, 4);
  const auto searcher = made(strategy, space, seed);
  std::vector<Point> points;
  for (int i = 0; i < 400; ++i) {
    const Genotype genotype = searcher->ask()->genotype;
    points.push_back(costs(genotype));
    searcher->tell({Result::Kind::measured, i, genotype, {}, points.back()});
  }
  return hypervolume(points, {40, 40});
}

}  // namespace

TEST_CASE("polynomial mutation stays in range, favours small steps, and is fair in the middle") {
  Random random(1);
  constexpr int draws = 20000;
  std::vector<int> counts(9);
  for (int i = 0; i < draws; ++i) ++counts[nsga2::polynomial_mutation(4, 8, 3, random)];
  for (std::size_t step = 1; step <= 4; ++step) {
    CHECK(counts[4 - step] < counts[4 - step + 1]);
    CHECK(counts[4 + step] < counts[4 + step - 1]);
    // Five standard deviations of a difference of two counts.
    CHECK(std::abs(counts[4 - step] - counts[4 + step]) <
          5 * std::sqrt(2.0 * counts[4 + step]) + 5);
  }
  for (int i = 0; i < 1000; ++i) CHECK(nsga2::polynomial_mutation(0, 2, 3, random) <= 2);
  CHECK(nsga2::polynomial_mutation(0, 0, 3, random) == 0);
}

TEST_CASE("a child has one stretch of its answers from its second parent") {
  const fake::Space space(12, 4);
  const Genotype zeros{std::vector<int>(12, 0)};
  const Genotype threes{std::vector<int>(12, 3)};
  const nsga2::VariationSettings never_mutates = {.crossover = 1, .mutation = 1e-300};
  Random random(1);
  for (int i = 0; i < 200; ++i) {
    const Genotype child = nsga2::child_of(zeros, threes, space, never_mutates, random);
    int changes = 0;
    for (std::size_t d = 1; d < 12; ++d) changes += child.answers[d] != child.answers[d - 1];
    CHECK(changes <= 2);
    CHECK(space.distance(child, zeros) + space.distance(child, threes) == 12);
  }
  const nsga2::VariationSettings copies = {.crossover = 0, .mutation = 1e-300};
  CHECK(nsga2::child_of(zeros, threes, space, copies, random) == zeros);
}

TEST_CASE("children are valid where decisions depend on others") {
  const fake::Space space(6, 4, true);
  Random random(1);
  for (int i = 0; i < 500; ++i) {
    const Genotype a = space.sample(random);
    const Genotype child = nsga2::child_of(a, space.sample(random), space, {}, random);
    CHECK_NOTHROW(space.validate(child));
  }
}

TEST_CASE("a generation waits for the one before, and infeasible children take no place in it") {
  const fake::Space space(12, 4);
  const auto strategy = made("nsga2", space, 3, {{"population", "4"}, {"offspring", "2"}});
  for (int generation = 0; generation < 5; ++generation) {
    std::vector<Genotype> asked;
    for (int i = 0; i < (generation == 0 ? 4 : 2); ++i) {
      const Genotype over = strategy->ask()->genotype;
      strategy->tell({Result::Kind::infeasible, {}, over, {}, {}});
      asked.push_back(strategy->ask()->genotype);
    }
    for (const Genotype& genotype : asked) {
      CHECK_FALSE(strategy->ask().has_value());
      strategy->tell({Result::Kind::measured, 0, genotype, {}, costs(genotype)});
    }
  }
}

TEST_CASE("what is dominated does not survive") {
  const fake::Space space(12, 4);
  const auto strategy =
      made("nsga2", space, 3, {{"population", "2"}, {"offspring", "2"}, {"crossover", "0"}});
  const Genotype zeros{std::vector<int>(12, 0)};
  const Genotype threes{std::vector<int>(12, 3)};
  strategy->tell({Result::Kind::measured, 0, zeros, {}, {0, 1}});
  strategy->tell({Result::Kind::measured, 1, zeros, {}, {1, 0}});
  for (const auto& bad : {Point{2, 2}, Point{0, 2}}) {
    strategy->tell({Result::Kind::measured, 2, threes, {}, bad});
  }
  strategy->tell({Result::Kind::failed, 3, threes, {}, {}});
  for (int i = 0; i < 2; ++i) {  // a twelfth of the answers mutates
    CHECK(space.distance(strategy->ask()->genotype, zeros) < 6);
  }
}

TEST_CASE("NSGA-II covers more than random search with the same number of trials") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CHECK(volume_found("nsga2", seed) > volume_found("random", seed));
  }
}
