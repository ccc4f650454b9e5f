#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include <catch2/catch.hpp>

#include "tests/plugin/dialogue.hpp"

using namespace nas;

namespace {

/// The smallest number of differing decisions to any of `others`.
int nearest(const SearchSpace& space, const Genotype& genotype,
            const std::vector<Genotype>& others) {
  int best = 1000;
  for (const Genotype& other : others) best = std::min(best, space.distance(genotype, other));
  return best;
}

// Sure to hold the best member: (1 - 1/4)^200 is below 1e-24.
const std::string whole_population = "200";

}  // namespace

TEST_CASE("evolution starts at random and goes on with mutations of what it knows") {
  const fake::Space space(12, 4);
  Dialogue dialogue("evolution", space, {{"population", "8"}}, minus_sum);
  std::vector<Genotype> known;
  for (int i = 0; i < 8; ++i) known.push_back(dialogue.step());
  for (int i = 0; i < 50; ++i) {
    const Genotype child = dialogue.step();
    CHECK(nearest(space, child, known) == 1);
    known.push_back(child);
  }
  int far = 0;
  for (int i = 1; i < 8; ++i) {
    far +=
        nearest(space, known[static_cast<std::size_t>(i)], {known.begin(), known.begin() + i}) > 2;
  }
  CHECK(far == 7);
}

TEST_CASE("a tournament of everyone is won by the best, ties by the lower genotype") {
  const fake::Space space(12, 4);
  const Dialogue::Height flat = [](const Genotype&) { return 1.0; };
  for (const Dialogue::Height& height : {Dialogue::Height(minus_sum), flat}) {
    Dialogue dialogue("evolution", space, {{"population", "4"}, {"sample", whole_population}},
                      height);
    std::vector<Genotype> population;
    for (int i = 0; i < 4; ++i) population.push_back(dialogue.step());
    const Genotype best = *std::ranges::max_element(population, [&](const auto& a, const auto& b) {
      return std::pair(height(a), b) < std::pair(height(b), a);
    });
    CHECK(space.distance(dialogue.step(), best) == 1);
  }
}

TEST_CASE("the oldest dies even where it is the best") {
  const fake::Space space(12, 4);
  const Genotype old_best{std::vector<int>(12, 0)};
  Dialogue dialogue("evolution", space, {{"population", "4"}, {"sample", whole_population}},
                    minus_sum);
  const Genotype far{std::vector<int>(12, 3)};
  dialogue.tell(old_best, 100);
  for (int i = 0; i < 3; ++i) dialogue.tell(far, i);
  CHECK(space.distance(dialogue.strategy().ask()->genotype, old_best) == 1);
  dialogue.tell(far, 4);  // the fifth: the first is dead
  CHECK(space.distance(dialogue.strategy().ask()->genotype, far) == 1);
}

TEST_CASE("of a non-aging population the worst dies") {
  const fake::Space space(12, 4);
  const Genotype best{std::vector<int>(12, 0)};
  const Genotype far{std::vector<int>(12, 3)};
  Dialogue dialogue("evolution", space,
                    {{"population", "4"}, {"sample", whole_population}, {"variant", "non-aging"}},
                    minus_sum);
  dialogue.tell(best, 100);
  for (int i = 0; i < 20; ++i) dialogue.tell(far, i);
  for (int i = 0; i < 10; ++i) {
    CHECK(space.distance(dialogue.strategy().ask()->genotype, best) == 1);
  }
}

TEST_CASE("a generation is bred from the best ever, once all of the one before it is known") {
  const fake::Space space(12, 4);
  for (const std::string variant : {"once-for-all", "spos"}) {
    INFO(variant);
    const auto strategy = built_strategy(
        "evolution", space, {{"variant", variant}, {"population", "8"}, {"parents", "2"}});
    std::vector<Genotype> generation;
    for (int i = 0; i < 8; ++i) generation.push_back(strategy->ask()->genotype);
    CHECK_FALSE(strategy->ask().has_value());
    for (int i = 0; i < 8; ++i) {
      const Genotype& genotype = generation[static_cast<std::size_t>(i)];
      CHECK_FALSE(strategy->ask().has_value());
      strategy->tell({Result::Kind::measured, i, genotype, {}, {minus_sum(genotype)}});
    }
    std::ranges::sort(generation, std::greater<>(), minus_sum);
    const std::vector<Genotype> parents(generation.begin(), generation.begin() + 2);
    double changed = 0;
    for (int i = 0; i < 4; ++i) {  // mutations of a tenth of twelve answers
      changed += nearest(space, strategy->ask()->genotype, parents);
    }
    CHECK(changed / 4 <= 4);
    for (int i = 0; i < 4; ++i) {  // crossovers
      const Genotype child = strategy->ask()->genotype;
      for (std::size_t d = 0; d < 12; ++d) {
        CHECK((child.answers[d] == parents[0].answers[d] ||
               child.answers[d] == parents[1].answers[d]));
      }
    }
    CHECK_FALSE(strategy->ask().has_value());
  }
}

TEST_CASE("what a generation cannot breed within the limits it draws at random") {
  const fake::Space space(12, 4);
  const auto strategy = built_strategy(
      "evolution", space, {{"variant", "spos"}, {"population", "4"}, {"parents", "1"}});
  const Genotype parent{std::vector<int>(12, 0)};
  for (int i = 0; i < 4; ++i) strategy->tell({Result::Kind::measured, i, parent, {}, {1}});
  int bred = 0;
  Genotype last = parent;
  for (int i = 0; i < 60; ++i) {
    last = strategy->ask()->genotype;
    // A random one differs in nine of twelve answers, a mutation in one or two.
    bred += space.distance(last, parent) < 5;
    strategy->tell({Result::Kind::infeasible, {}, last, {}, {}});
  }
  // Ten draws for each of four places; crossover of one parent gives what is known.
  CHECK(bred >= 5);
  CHECK(bred <= 40);
  CHECK(space.distance(last, parent) >= 5);
}

TEST_CASE("the published presets have the papers' populations") {
  const fake::Space space(12, 4);
  for (const auto& [variant, population] :
       {std::pair("aging", 100), std::pair("spos", 50), std::pair("once-for-all", 100)}) {
    INFO(variant);
    Dialogue dialogue("evolution", space, {{"preset", "published"}, {"variant", variant}},
                      minus_sum);
    std::vector<Genotype> known;
    for (int i = 0; i < population; ++i) known.push_back(dialogue.step());
    int near = 0;
    for (int i = population - 20; i < population; ++i) {
      near += nearest(space, known[static_cast<std::size_t>(i)],
                      {known.begin(), known.begin() + i}) <= 2;
    }
    CHECK(near < 10);
    CHECK(nearest(space, dialogue.step(), known) <= 4);
  }
}

TEST_CASE("more parents than members are refused") {
  const fake::Space space(12, 4);
  CHECK_THROWS_WITH(
      built_strategy("evolution", space,
                     {{"variant", "spos"}, {"population", "4"}, {"parents", "5"}}),
      Catch::Matchers::Contains("evolution.parents '5' is more than evolution.population '4'"));
}

TEST_CASE("mutating each decision changes several at once, and never none") {
  const fake::Space space(12, 4);
  const Genotype parent{std::vector<int>(12, 0)};
  Dialogue dialogue("evolution", space,
                    {{"population", "1"},
                     {"mutation", "each"},
                     {"mutation_probability", "0.3"},
                     {"avoid_duplicates", "false"}},
                    minus_sum);
  dialogue.tell(parent, 1);
  int total = 0;
  for (int i = 0; i < 200; ++i) {
    const int distance = space.distance(dialogue.strategy().ask()->genotype, parent);
    CHECK(distance > 0);
    total += distance;
  }
  // 12 decisions, redrawn in 0.3, to another answer in 3 of 4: 2.7 a child.
  CHECK(std::abs(total / 200.0 - 2.7) < 0.5);
}

TEST_CASE("no genotype is proposed twice while there is another near by") {
  const fake::Space space(6, 4);
  Dialogue dialogue("evolution", space, {}, minus_sum);
  std::set<Genotype> seen;
  for (int i = 0; i < 200; ++i) CHECK(seen.insert(dialogue.step()).second);
}

TEST_CASE("duplicates are proposed where they are asked for") {
  const fake::Space space(2, 3);
  Dialogue dialogue("evolution", space, {{"avoid_duplicates", "false"}}, minus_sum);
  std::set<Genotype> seen;
  int repeated = 0;
  for (int i = 0; i < 30; ++i) repeated += !seen.insert(dialogue.step()).second;
  CHECK(repeated > 0);
}

TEST_CASE("infeasible proposals do not count towards the first population") {
  const fake::Space space(12, 4);
  const auto strategy = built_strategy("evolution", space, {{"population", "4"}});
  const Genotype measured = strategy->ask()->genotype;
  strategy->tell({Result::Kind::measured, 0, measured, {}, {1}});
  for (int i = 0; i < 20; ++i) {
    const Genotype genotype = strategy->ask()->genotype;
    CHECK(space.distance(genotype, measured) > 1);  // still at random
    strategy->tell({Result::Kind::infeasible, {}, genotype, {}, {}});
  }
}

TEST_CASE("failed trials never become parents") {
  const fake::Space space(12, 4);
  const Genotype good{std::vector<int>(12, 0)};
  const Genotype bad{std::vector<int>(12, 3)};
  const auto strategy = built_strategy("evolution", space, {{"population", "4"}, {"sample", "1"}});
  strategy->tell({Result::Kind::measured, 0, good, {}, {1}});
  for (int i = 1; i < 10; ++i) strategy->tell({Result::Kind::failed, i, bad, {}, {}});
  strategy->ask();
  strategy->ask();  // the rest of the first population
  for (int i = 0; i < 20; ++i) {
    CHECK(space.distance(strategy->ask()->genotype, good) == 1);
  }
}

TEST_CASE("evolution goes on at random where every trial fails") {
  const fake::Space space(12, 4);
  const auto strategy = built_strategy("evolution", space, {{"population", "2"}});
  for (int i = 0; i < 30; ++i) {
    const auto proposal = strategy->ask();
    REQUIRE(proposal.has_value());
    strategy->tell({Result::Kind::failed, i, proposal->genotype, {}, {}});
  }
}

TEST_CASE("evolution finds better networks than random search with the same number of trials") {
  // On a smooth landscape, over several seeds, so that chance does not decide.
  constexpr int trials = 60;
  int wins = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const fake::Space space(12, 4);
    Dialogue dialogue("evolution", space, {}, minus_sum, seed);
    const auto random = built_strategy("random", space, {}, seed);
    double best = -1000, best_random = -1000;
    for (int i = 0; i < trials; ++i) {
      best = std::max(best, minus_sum(dialogue.step()));
      best_random = std::max(best_random, minus_sum(random->ask()->genotype));
    }
    wins += best > best_random;
  }
  CHECK(wins >= 8);
}
