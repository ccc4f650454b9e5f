#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include "tests/plugin/dialogue.hpp"

using namespace nas;

namespace {

const Genotype bottom{{0, 0, 0, 0, 0, 0}};

/// Distance between proposals and where the climb stands.
bool is_neighbour(const SearchSpace& space, const Genotype& a, const Genotype& b) {
  return space.distance(a, b) == 1;
}

}  // namespace

TEST_CASE("local search moves to the first neighbour that is better") {
  const fake::Space space(6, 4);
  Dialogue dialogue("local-search", space, {{"improvement", "first"}}, minus_sum);
  Genotype current = dialogue.step();
  while (current != bottom) {
    const Genotype neighbour = dialogue.step();
    CHECK(is_neighbour(space, neighbour, current));
    if (minus_sum(neighbour) > minus_sum(current)) current = neighbour;
  }
}

TEST_CASE("or asks all that are not known and moves to the best") {
  const fake::Space space(6, 4);
  Dialogue dialogue("local-search", space, {{"improvement", "best"}}, minus_sum);
  std::set<Genotype> known;
  Genotype current = dialogue.step();
  known.insert(current);
  while (current != bottom) {
    std::vector<Genotype> neighbours = space.neighbours(current);
    std::vector<Genotype> unknown;
    std::ranges::copy_if(neighbours, std::back_inserter(unknown),
                         [&](const Genotype& genotype) { return !known.contains(genotype); });
    std::set<Genotype> asked;
    for (std::size_t i = 0; i < unknown.size(); ++i) asked.insert(dialogue.step());
    CHECK(asked == std::set<Genotype>(unknown.begin(), unknown.end()));
    known.insert(asked.begin(), asked.end());
    // The best by height, ties by the lower encoding.
    current = *std::ranges::max_element(neighbours, [](const Genotype& a, const Genotype& b) {
      return std::pair(minus_sum(a), b) < std::pair(minus_sum(b), a);
    });
  }
}

TEST_CASE("a local search that has arrived has no better neighbour, and starts again elsewhere") {
  const fake::Space space(5, 3);
  // Two peaks: all zeros, and all twos, which is lower.
  const Dialogue::Height height = [](const Genotype& genotype) {
    const double sum = -minus_sum(genotype);
    return std::max(10 - sum, sum - 1);
  };
  for (const std::string improvement : {"first", "best"}) {
    Dialogue dialogue("local-search", space, {{"improvement", improvement}}, height);
    std::set<Genotype> seen;
    for (int i = 0; i < 243; ++i) CHECK(seen.insert(dialogue.step()).second);  // all, each once
    CHECK_FALSE(dialogue.strategy().ask().has_value());
  }
}

TEST_CASE("a climb starts at the best of the initial networks") {
  const fake::Space space(12, 4);
  Dialogue dialogue("local-search", space, {{"initial", "10"}}, minus_sum);
  std::vector<Genotype> starts;
  for (int i = 0; i < 10; ++i) starts.push_back(dialogue.step());
  const Genotype best = *std::ranges::max_element(starts, [](const auto& a, const auto& b) {
    return std::pair(minus_sum(a), b) < std::pair(minus_sum(b), a);
  });
  CHECK(is_neighbour(space, dialogue.step(), best));
}

TEST_CASE("neighbours are proposed ahead, but a climb waits for the results of the one before") {
  const fake::Space space(3, 3);
  const auto strategy = built_strategy("local-search", space);
  const Genotype start = strategy->ask()->genotype;
  CHECK_FALSE(strategy->ask().has_value());
  strategy->tell({Result::Kind::measured, 0, start, {}, {1}});
  std::vector<Genotype> neighbours;
  for (int i = 0; i < 6; ++i) neighbours.push_back(strategy->ask()->genotype);
  CHECK_FALSE(strategy->ask().has_value());
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(is_neighbour(space, neighbours[i], start));
    strategy->tell({Result::Kind::measured, 1, neighbours[i], {}, {0}});
    CHECK_FALSE(strategy->ask().has_value());
  }
  strategy->tell({Result::Kind::measured, 6, neighbours[5], {}, {2}});
  CHECK(is_neighbour(space, strategy->ask()->genotype, neighbours[5]));
}

TEST_CASE("infeasible and failed neighbours are known to be worse than everything") {
  const fake::Space space(2, 3);
  const auto strategy = built_strategy("local-search", space);
  const Genotype start = strategy->ask()->genotype;
  strategy->tell({Result::Kind::measured, 0, start, {}, {-1000}});
  std::set<Genotype> seen = {start};
  for (int i = 0; i < 4; ++i) {
    const Genotype neighbour = strategy->ask()->genotype;
    CHECK(is_neighbour(space, neighbour, start));
    CHECK(seen.insert(neighbour).second);
    const auto kind = i % 2 == 0 ? Result::Kind::infeasible : Result::Kind::failed;
    strategy->tell({kind, i, neighbour, {}, {}});
  }
  CHECK(seen.insert(strategy->ask()->genotype).second);  // another start
}
