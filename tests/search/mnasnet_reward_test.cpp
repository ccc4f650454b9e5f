#include "core/search/mnasnet_reward.hpp"

#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "core/base/error.hpp"
#include "tests/search/fakes.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

// Of the six digits that the golden rewards have.
constexpr double sixth_digit = 0.5e-6;
constexpr double rounding = 1e-12;

constexpr double accuracy = 0.75;
constexpr MnasNetReward soft = {.target = 75};
constexpr MnasNetReward hard = {.target = 75, .below = 0, .above = -1};

DerivedMetric reward_with(const std::map<std::string, std::string>& given) {
  return mnasnet_reward(OptionValues(mnasnet_reward_name, mnasnet_reward_options(), given));
}

/// A search for the reward of val_accuracy and macs over fakes, where every accuracy is `accuracy`.
struct RewardSearch : fake::Search {
  explicit RewardSearch(const std::string& cost = "macs",
                        fake::Estimator::Estimate estimate = equal)
      : fake::Search({}, std::move(estimate)) {
    settings.objectives = {parse_objective(mnasnet_reward_name)};
    settings.derived = {reward_with({{"cost", cost}, {"target", "10000"}})};
  }
  static Measurement equal(const Candidate&, const Fidelity&, std::uint64_t,
                           const EstimateServices&) {
    return fake::Estimator::ok(accuracy);
  }
};

}  // namespace

TEST_CASE("MnasNet's rewards are the golden ones, soft and hard") {
  CHECK(std::abs(soft(accuracy, 60) - 0.761807) < sixth_digit);
  CHECK(soft(accuracy, 75) == accuracy);
  CHECK(std::abs(soft(accuracy, 80) - 0.746619) < sixth_digit);
  CHECK(std::abs(soft(accuracy, 150) - 0.714478) < sixth_digit);
  CHECK(hard(accuracy, 60) == accuracy);
  CHECK(hard(accuracy, 75) == accuracy);
  CHECK(std::abs(hard(accuracy, 80) - 0.703125) < sixth_digit);
  CHECK(std::abs(hard(accuracy, 150) - 0.375) < sixth_digit);
}

TEST_CASE("twice the cost is worth five percent more accuracy") {
  const double exponent = -std::log(1.05) / std::log(2.0);
  CHECK(std::abs(exponent + 0.0703893) < 1e-7);
  const MnasNetReward exact = {75, exponent, exponent};
  for (const double cost : {10.0, 50.0, 75.0, 200.0}) {
    CHECK(std::abs(exact(1.05 * accuracy, 2 * cost) / exact(accuracy, cost) - 1) < rounding);
    CHECK(std::abs(soft(1.05 * accuracy, 2 * cost) / soft(accuracy, cost) - 1) < 0.0003);
  }
}

TEST_CASE("the reward rises with accuracy and falls with cost, if hard only above the target") {
  for (const MnasNetReward& reward : {soft, hard}) {
    for (double cost = 10; cost < 200; cost += 10) {
      CHECK(reward(0.8, cost) > reward(0.7, cost));
      const bool flat = reward.below == 0 && cost + 10 <= reward.target;
      if (flat) CHECK(reward(0.8, cost + 10) == reward(0.8, cost));
      if (!flat) CHECK(reward(0.8, cost + 10) < reward(0.8, cost));
    }
  }
}

TEST_CASE("options say of which metrics, in which form and about which target") {
  const Metrics metrics = {{"val_accuracy", 0.75}, {"a", 0.5}, {"latency_ms", 150}, {"macs", 4}};
  CHECK(reward_with({{"target", "75"}}).value(metrics) == soft(0.75, 150));
  CHECK(reward_with({{"target", "75"}, {"form", "hard"}}).value(metrics) == hard(0.75, 150));
  const DerivedMetric other =
      reward_with({{"accuracy", "a"}, {"cost", "macs"}, {"target", "1"}, {"exponent", "-0.5"}});
  CHECK(other.inputs == std::vector<std::string>{"a", "macs"});
  CHECK(std::abs(other.value(metrics) - 0.25) < rounding);
}

TEST_CASE("a reward without a target, or with one that is none, is refused") {
  CHECK_THROWS_WITH(reward_with({}), Contains("'latency_ms'") && Contains("target=VALUE"));
  CHECK_THROWS_WITH(reward_with({{"cost", "macs"}, {"target", "0"}}), Contains("'macs'"));
  CHECK_THROWS_WITH(reward_with({{"target", "-1"}}), Contains("between 0"));
  CHECK_THROWS_WITH(reward_with({{"form", "firm"}}), Contains("soft, hard"));
  CHECK_THROWS_WITH(reward_with({{"exponent", "0.07"}}), Contains("between -100 and 0"));
}

TEST_CASE("the reward is maximised unless something else is asked for") {
  CHECK(parse_objective("mnasnet_reward") == Objective{"mnasnet_reward", true});
}

TEST_CASE("a search records the reward with each trial and tells it to the strategy") {
  RewardSearch search;
  const std::vector<Trial> trials = search.run().trials;
  REQUIRE(trials.size() == 20);
  const MnasNetReward reward = {.target = 10000};
  for (const Trial& trial : trials) {
    CHECK(trial.metrics.at("mnasnet_reward") == reward(accuracy, trial.metrics.at("macs")));
  }
  REQUIRE(search.strategy.results.size() >= 16);
  for (std::size_t i = 0; i < search.strategy.results.size(); ++i) {
    const std::vector<double> told = search.strategy.results[i].values;
    CHECK(told == std::vector<double>{trials[i].metrics.at("mnasnet_reward")});
  }
}

TEST_CASE("the reward can be of a cost that shapes do not tell") {
  RewardSearch search("latency_ms");
  search.more_costs = [](const Genotype&, const Architecture&) {
    return Metrics{{"latency_ms", 20000}};
  };
  for (const Trial& trial : search.run().trials) {
    CHECK(std::abs(trial.metrics.at("mnasnet_reward") - accuracy * std::pow(2, -0.07)) < rounding);
  }
}

TEST_CASE("a search for the reward resumes to the same trials") {
  RewardSearch whole;
  const std::vector<Trial> trials = whole.run().trials;
  RewardSearch resumed;
  CHECK(fake::same_trials(resumed.run(std::span(trials).first(9)).trials, trials));
}

TEST_CASE("a trial without what the reward is of, or with a cost of 0, has failed") {
  RewardSearch lacking("latency_ms");
  CHECK(lacking.run().trials.front().reason == "the estimator reports no 'mnasnet_reward'");
  RewardSearch free("latency_ms");
  free.more_costs = [](const Genotype&, const Architecture&) { return Metrics{{"latency_ms", 0}}; };
  const Trial trial = free.run().trials.front();
  CHECK(trial.status == TrialStatus::failed);
  CHECK(trial.reason == "'mnasnet_reward' is inf");
  CHECK_FALSE(trial.metrics.contains("mnasnet_reward"));
}

TEST_CASE("a derived metric may be computed from another") {
  Metrics metrics = {{"a", 2}};
  const auto twice = [](const char* of) {
    return [of](const Metrics& all) { return 2 * all.find(of)->second; };
  };
  const std::vector<DerivedMetric> derived = {
      {"b", {"a"}, twice("a")}, {"c", {"b"}, twice("b")}, {"d", {"missing"}, twice("missing")}};
  add_derived(metrics, derived);
  CHECK(metrics == Metrics{{"a", 2}, {"b", 4}, {"c", 8}});
}
