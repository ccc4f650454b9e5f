#include "core/search/objective.hpp"

#include <limits>
#include <set>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

Trial trial(std::int64_t id, int answer, Metrics metrics) {
  Trial result;
  result.id = id;
  result.genotype.answers = {answer};
  result.architecture_hash = std::to_string(answer);
  result.metrics = std::move(metrics);
  return result;
}

using Ids = std::vector<std::int64_t>;

const std::vector<Objective> most_a = {{"a", true}};
const std::vector<Objective> least_a = {{"a", false}};

}  // namespace

TEST_CASE("objectives have a direction, by default after their name") {
  CHECK(parse_objective("val_accuracy") == Objective{"val_accuracy", true});
  CHECK(parse_objective("val_loss") == Objective{"val_loss", false});
  CHECK(parse_objective("macs:max") == Objective{"macs", true});
  CHECK(parse_objective("val_accuracy:min") == Objective{"val_accuracy", false});
}

TEST_CASE("columns of published tables have the direction that their names imply") {
  const std::string name = GENERATE("c10_val12", "c10_test200", "acc_mean", "Val_Acc_e4", "valid");
  INFO(name);
  CHECK(parse_objective(name).maximise);
  CHECK_FALSE(parse_objective(name + ":min").maximise);
}

TEST_CASE("what is no accuracy is minimised") {
  const std::string name = GENERATE("interval", "train_time_e4_s", "test_error", "val_err", "flops",
                                    "energy_e4_kWh", "c10_test_loss", "latency_ms");
  INFO(name);
  CHECK_FALSE(parse_objective(name).maximise);
}

TEST_CASE("budgets take units") {
  CHECK(parse_budget("cost=20000") == Budget{"cost", 20000});
  CHECK(parse_budget("macs=2.5G") == Budget{"macs", 2.5e9});
}

TEST_CASE("what is no budget is refused") {
  const auto text = GENERATE("", "cost", "=5", "cost=", "cost=much", "cost=0", "cost=-1");
  CHECK_THROWS_WITH(parse_budget(text),
                    Contains(fmt::format("'{}'", text)) && Contains("cost=20000"));
}

TEST_CASE("trials without architectures are told apart by their genotypes") {
  std::vector<Trial> trials = {trial(0, 1, {{"a", 1}}), trial(1, 2, {{"a", 1}}),
                               trial(2, 1, {{"a", 1}})};
  for (Trial& entry : trials) entry.architecture_hash.clear();
  CHECK(best_trials(trials, most_a, 3) == Ids{0, 1});
  CHECK(pareto_front(trials, most_a) == Ids{0, 1});
}

TEST_CASE("what is no objective is refused") {
  const auto text = GENERATE("", ":max", "macs:", "macs:up");
  CHECK_THROWS_WITH(parse_objective(text),
                    Contains(fmt::format("'{}'", text)) && Contains("':min'"));
}

TEST_CASE("limits take units") {
  CHECK(parse_limit("ram_int8=320KiB") == Limit{"ram_int8", 327680});
  CHECK(parse_limit("macs=2.5M") == Limit{"macs", 2.5e6});
}

TEST_CASE("what is no limit is refused") {
  const auto text = GENERATE("", "ram", "=5", "ram=", "ram=much", "ram=5XB");
  CHECK_THROWS_WITH(parse_limit(text),
                    Contains(fmt::format("'{}'", text)) && Contains("ram_int8=320KiB"));
}

TEST_CASE("every metric of the cost model has a name") {
  Cost cost;
  cost.params = 1;
  cost.flash_int8 = 6;
  cost.fragmentation = {.working_ops = 6, .branches = 3, .critical_path = 4, .small_ops = 0.5};
  const Metrics metrics = cost_metrics(cost);
  CHECK(metrics.size() == cost_metric_names().size());
  for (const std::string& name : cost_metric_names()) CHECK(metrics.contains(name));
  CHECK(metrics.at("params") == 1);
  CHECK(metrics.at("flash_int8") == 6);
  CHECK(metrics.at("fragmentation") == 1.5);
  CHECK(metrics.at("branches") == 3);
  CHECK(metrics.at("critical_path") == 4);
  CHECK(metrics.at("small_ops") == 0.5);
}

TEST_CASE("a limit is exceeded above its maximum, not at it") {
  const std::vector<Limit> limits = {{"params", 10}, {"ram", 5}};
  CHECK_FALSE(exceeded(limits, {{"params", 10}, {"ram", 5}}));
  CHECK(exceeded(limits, {{"params", 10}, {"ram", 6}}) == limits[1]);
}

TEST_CASE("the best trial is a successful one with the metric") {
  std::vector<Trial> trials = {trial(0, 0, {{"a", 1}}), trial(1, 1, {{"a", 3}}),
                               trial(2, 2, {{"a", 2}}), trial(3, 3, {{"b", 9}}),
                               trial(4, 4, {{"a", std::numeric_limits<double>::quiet_NaN()}})};
  CHECK(best_trial(trials, most_a) == 1);
  CHECK(best_trial(trials, least_a) == 0);
  trials[1].status = TrialStatus::failed;
  CHECK(best_trial(trials, most_a) == 2);
  CHECK_FALSE(best_trial(trials, std::vector<Objective>{{"c", true}}).has_value());
}

TEST_CASE("equal trials are ordered by the next objective, then by genotype, then by id") {
  const std::vector<Trial> trials = {
      trial(0, 1, {{"a", 1}, {"macs", 60}}), trial(1, 5, {{"a", 1}, {"macs", 50}}),
      trial(2, 2, {{"a", 1}, {"macs", 50}}), trial(3, 2, {{"a", 1}, {"macs", 50}}),
      trial(4, 0, {{"a", 1}})};  // without the second metric it comes last
  CHECK(best_trial(trials, most_a) == 4);
  CHECK(best_trial(trials, ranking_objectives(most_a)) == 2);
  CHECK(ranks_before(trials[2], trials[3], ranking_objectives(most_a)));
  CHECK_FALSE(ranks_before(trials[3], trials[2], ranking_objectives(most_a)));
}

TEST_CASE("a trial that has failed ranks before none, and every success before it") {
  Trial failed = trial(0, 0, {{"a", 1}});
  failed.status = TrialStatus::failed;
  const Trial success = trial(1, 1, {{"a", 0}});
  CHECK(ranks_before(success, failed, most_a));
  CHECK_FALSE(ranks_before(failed, success, most_a));
  CHECK_FALSE(ranks_before(failed, failed, most_a));
}

TEST_CASE("one objective is ranked with macs behind it, several and macs itself as they are") {
  CHECK(ranking_objectives(most_a) == std::vector<Objective>{{"a", true}, {"macs", false}});
  for (const auto& as_they_are : {std::vector<Objective>{{"macs", true}},
                                  std::vector<Objective>{{"a", true}, {"b", false}}}) {
    CHECK(ranking_objectives(as_they_are) == as_they_are);
  }
}

TEST_CASE("the best trials are of different architectures") {
  std::vector<Trial> trials = {trial(0, 0, {{"a", 3}}), trial(1, 0, {{"a", 3}}),
                               trial(2, 1, {{"a", 2}}), trial(3, 2, {{"a", 1}})};
  CHECK(best_trials(trials, most_a, 2) == Ids{0, 2});
  CHECK(best_trials(trials, most_a, 9) == Ids{0, 2, 3});
}

TEST_CASE("the Pareto front holds what nothing dominates") {
  const std::vector<Objective> objectives = {{"accuracy", true}, {"macs", false}};
  const std::vector<Trial> trials = {
      trial(0, 0, {{"accuracy", 0.9}, {"macs", 100}}),
      trial(1, 1, {{"accuracy", 0.8}, {"macs", 50}}),
      trial(2, 2, {{"accuracy", 0.8}, {"macs", 60}}),  // beaten by 1
      trial(3, 3, {{"accuracy", 0.7}, {"macs", 50}}),  // beaten by 1, equal in one
      trial(4, 4, {{"accuracy", 0.95}, {"macs", 300}}),
      trial(5, 1, {{"accuracy", 0.8}, {"macs", 50}}),  // 1 again, reused
      trial(6, 6, {{"accuracy", 0.8}, {"macs", 50}}),  // as good as 1, another network
  };
  CHECK(pareto_front(trials, objectives) == Ids{4, 0, 1, 6});
  CHECK(best_trial(trials, objectives) == 4);
  CHECK(pareto_front(trials, {}).empty());
}

TEST_CASE("a Pareto front of three objectives agrees with comparing all pairs") {
  const std::vector<Objective> objectives = {{"x", true}, {"y", false}, {"z", true}};
  std::vector<Trial> trials;
  for (int i = 0; i < 60; ++i) {
    const double x = i * 7 % 11, y = i * 5 % 13, z = i * 3 % 7;
    trials.push_back(trial(i, i, {{"x", x}, {"y", y}, {"z", z}}));
  }
  const auto dominates = [](const Metrics& a, const Metrics& b) {
    return a.at("x") >= b.at("x") && a.at("y") <= b.at("y") && a.at("z") >= b.at("z") && a != b;
  };
  std::set<std::int64_t> expected;
  for (const Trial& candidate : trials) {
    const bool beaten = std::ranges::any_of(
        trials, [&](const Trial& other) { return dominates(other.metrics, candidate.metrics); });
    if (!beaten) expected.insert(candidate.id);
  }
  const Ids front = pareto_front(trials, objectives);
  CHECK(std::set<std::int64_t>(front.begin(), front.end()) == expected);
}
