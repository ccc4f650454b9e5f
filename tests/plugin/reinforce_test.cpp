#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include <catch2/catch.hpp>

#include "core/base/error.hpp"
#include "tests/plugin/loaded.hpp"
#include "tests/search_spaces/make_space.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

using Reward = std::function<double(const Genotype&)>;

const Given quick = {{"learning_rate", "0.005"}, {"batch", "1"}};

/// The share of answers that are those of the best genotype, (1, 2, 1, 2, …).
double likeness(const Genotype& genotype) {
  double equal = 0;
  for (std::size_t i = 0; i < genotype.answers.size(); ++i) {
    equal += genotype.answers[i] == 1 + static_cast<int>(i % 2);
  }
  return equal / static_cast<double>(genotype.answers.size());
}

/// What is proposed, each told at once.
std::vector<Genotype> dialogue(const std::string& name, const SearchSpace& space,
                               const Given& given, int trials, const Reward& reward,
                               std::uint64_t seed = 3) {
  const auto strategy = built_strategy(name, space, given, seed);
  std::vector<Genotype> proposed;
  for (int i = 0; i < trials; ++i) {
    proposed.push_back(strategy->ask()->genotype);
    strategy->tell({Result::Kind::measured, i, proposed.back(), {}, {reward(proposed.back())}});
  }
  return proposed;
}

std::vector<Genotype> rest_of(Strategy& strategy, int count) {
  std::vector<Genotype> proposed;
  for (int i = 0; i < count; ++i) proposed.push_back(strategy.ask()->genotype);
  return proposed;
}

double mean_likeness(std::span<const Genotype> genotypes) {
  double sum = 0;
  for (const Genotype& genotype : genotypes) sum += likeness(genotype);
  return sum / static_cast<double>(genotypes.size());
}

}  // namespace

TEST_CASE("a controller comes to propose the best genotype nearly always") {
  const fake::Space space(6, 5);
  const Given given = GENERATE(Given(quick), Given{{"learning_rate", "0.01"}, {"batch", "8"}},
                               Given{{"algorithm", "ppo"}, {"learning_rate", "0.005"}});
  const std::vector<Genotype> proposed = dialogue("reinforce", space, given, 1500, likeness);
  const std::span<const Genotype> all(proposed);
  CHECK(mean_likeness(all.first(20)) < 0.4);
  CHECK(mean_likeness(all.last(100)) > 0.95);
  CHECK(likeness(all.back()) == 1);
}

TEST_CASE("a controller finds the optimum far more often than random search") {
  const fake::Space space(6, 5);
  constexpr int seeds = 20, trials = 300;
  int found = 0, found_at_random = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const auto finds = [&](const std::string& name, const Given& given) {
      const auto proposed = dialogue(name, space, given, trials, likeness, seed);
      return std::ranges::any_of(proposed, [](const auto& g) { return likeness(g) == 1; });
    };
    found += finds("reinforce", quick);
    found_at_random += finds("random", {});
  }
  // Of 15,625 genotypes 300 draws hit one in one of 52 seeds.
  CHECK(found >= 18);
  CHECK(found_at_random <= 3);
}

TEST_CASE("a controller learns to minimise what is to be minimised") {
  const fake::Space space(6, 5);
  const std::vector<Objective> objectives = {{"val_loss", false}};
  const auto library = built_plugins().find(PluginKind::strategy, "reinforce");
  const OptionValues options = options_of(*library, quick);
  const auto strategy = library->make_strategy({space, objectives, 3, 1, options});
  for (int i = 0; i < 1000; ++i) {
    const Genotype genotype = strategy->ask()->genotype;
    strategy->tell({Result::Kind::measured, i, genotype, {}, {1 - likeness(genotype)}});
  }
  CHECK(mean_likeness(rest_of(*strategy, 50)) > 0.95);
}

TEST_CASE("without a learning rate worth the name a controller draws nearly evenly") {
  const fake::Space space(1, 4);
  std::map<int, int> counts;
  for (const Genotype& genotype : dialogue("reinforce", space, {}, 400, likeness)) {
    ++counts[genotype.answers[0]];
  }
  for (int answer = 0; answer < 4; ++answer) CHECK(std::abs(counts[answer] - 100) < 40);
}

TEST_CASE("failed and infeasible proposals are learned from as the worst that was measured") {
  const fake::Space space(6, 5);
  const Result::Kind kind = GENERATE(Result::Kind::failed, Result::Kind::infeasible);
  const auto strategy = built_strategy("reinforce", space, quick);
  // Half of the space cannot be measured; of the rest nothing is better than anything else.
  const auto is_bad = [](const Genotype& genotype) { return genotype.answers[3] >= 2; };
  double accuracy = 0.1;  // of the first; of all others 0.9
  for (int i = 0; i < 600; ++i) {
    const Genotype genotype = strategy->ask()->genotype;
    if (is_bad(genotype)) {
      strategy->tell({kind, {}, genotype, {}, {}});
    } else {
      strategy->tell({Result::Kind::measured, i, genotype, {}, {std::exchange(accuracy, 0.9)}});
    }
  }
  int bad = 0;
  for (const Genotype& genotype : rest_of(*strategy, 100)) bad += is_bad(genotype);
  CHECK(bad < 10);  // 60 at random
}

TEST_CASE("while nothing has been measured there is nothing to learn") {
  const fake::Space space(6, 5);
  const auto untouched = rest_of(*built_strategy("reinforce", space, quick), 40);
  const auto strategy = built_strategy("reinforce", space, quick);
  std::vector<Genotype> proposed;
  for (int i = 0; i < 40; ++i) {
    proposed.push_back(strategy->ask()->genotype);
    strategy->tell({Result::Kind::failed, i, proposed.back(), {}, {}});
  }
  CHECK(proposed == untouched);
}

TEST_CASE("results that were never asked for are learned from") {
  const fake::Space space(6, 5);
  const auto strategy = built_strategy("reinforce", space, quick);
  Random random(8);
  for (int i = 0; i < 1500; ++i) {
    const Genotype genotype = space.sample(random);
    strategy->tell({Result::Kind::measured, i, genotype, {}, {likeness(genotype)}});
  }
  CHECK(mean_likeness(rest_of(*strategy, 100)) > 0.5);  // 0.2 at random
}

TEST_CASE("a batch is the window, and a step comes when it is complete") {
  const fake::Space space(6, 5);
  const auto library = built_plugins().find(PluginKind::strategy, "reinforce");
  const OptionValues options = options_of(*library, {{"learning_rate", "0.5"}});
  const auto proposed_after = [&](int window, int told) {
    const auto strategy =
        library->make_strategy({space, std::vector<Objective>{{"a", true}}, 3, window, options});
    std::vector<Genotype> proposed = rest_of(*strategy, 8);
    for (int i = 0; i < told; ++i) {
      const Genotype& genotype = proposed[static_cast<std::size_t>(i)];
      strategy->tell({Result::Kind::measured, i, genotype, {}, {likeness(genotype)}});
    }
    return rest_of(*strategy, 20);
  };
  CHECK(proposed_after(8, 7) == proposed_after(8, 0));
  CHECK(proposed_after(8, 8) != proposed_after(8, 0));
  CHECK(proposed_after(4, 4) != proposed_after(4, 0));
}

TEST_CASE("answers that are not open are never proposed, and folded genotypes are learned from") {
  const auto space = test::make_space("nasbench101", {{"vertices", "5"}, {"channels", "8"}});
  const auto strategy = built_strategy("reinforce", *space, quick);
  const auto connections = [](const Genotype& genotype) {
    double sum = 0;
    for (const int answer : genotype.answers) sum += answer;
    return sum / 10;
  };
  double early = 0, late = 0;
  constexpr int trials = 600, part = 100;
  for (int i = 0; i < trials; ++i) {
    const Genotype genotype = strategy->ask()->genotype;
    CHECK_NOTHROW(space->validate(genotype));
    CHECK(space->canonical(genotype) == genotype);
    if (i < part) early += connections(genotype);
    if (i >= trials - part) late += connections(genotype);
    strategy->tell({Result::Kind::measured, i, genotype, {}, {connections(genotype)}});
  }
  CHECK(late > 1.2 * early);
}

TEST_CASE("duplicates are avoided where that is asked for, and while there is anything new") {
  const fake::Space space(3, 4);
  const Reward flat = [](const Genotype&) { return 1.0; };
  const auto count = [&](const char* avoid) {
    const auto proposed = dialogue("reinforce", space, {{"avoid_duplicates", avoid}}, 40, flat);
    return std::set(proposed.begin(), proposed.end()).size();
  };
  CHECK(count("true") == 40);
  CHECK(count("false") < 40);
}

TEST_CASE("a space of free-form graphs is refused, with strategies that take it") {
  const auto space = test::make_space("nasbot");
  try {
    built_strategy("reinforce", *space);
    FAIL("was accepted");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::config);
    CHECK_THAT(error.what(), Contains("'nasbot'") && Contains("'evolution'"));
  }
}
