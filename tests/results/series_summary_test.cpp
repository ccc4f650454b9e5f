#include "results/series_summary.hpp"

#include <cmath>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace nas;

namespace {

Trial trial(std::int64_t id, double accuracy, Metrics metrics = {}) {
  Trial result;
  result.id = id;
  result.genotype.answers = {static_cast<int>(id)};
  result.metrics = std::move(metrics);
  result.metrics.emplace("val_accuracy", accuracy);
  return result;
}

RunConfig config_of(std::uint64_t seed) {
  RunConfig config;
  config.seed = seed;
  config.objectives = {{.metric = "val_accuracy", .maximise = true}};
  return config;
}

Trial failed(std::int64_t id) {
  Trial result = trial(id, 2);
  result.status = TrialStatus::failed;
  return result;
}

}  // namespace

TEST_CASE("a run's result is its best trial, with how many there are and have failed") {
  const SeedResult result = seed_result(
      config_of(7), std::vector<Trial>{trial(0, 0.3), failed(1), trial(2, 0.5), trial(3, 0.4)});
  CHECK(result.seed == 7);
  CHECK(result.trials == 4);
  CHECK(result.failed == 1);
  REQUIRE(result.best.has_value());
  CHECK(result.best->id == 2);
}

TEST_CASE("a run without a success has no best trial") {
  const SeedResult result = seed_result(config_of(1), std::vector<Trial>{failed(0)});
  CHECK_FALSE(result.best.has_value());
  CHECK(to_json(result).at("best") == nullptr);
}

TEST_CASE("means and sample deviations are over the runs that have the metric") {
  const std::vector<SeedResult> results = {
      seed_result(config_of(0), std::vector<Trial>{trial(0, 0.2, {{"test", 1}})}),
      seed_result(config_of(1), std::vector<Trial>{trial(0, 0.6, {{"test", 4}}), trial(1, 0.1)}),
      seed_result(config_of(2), std::vector<Trial>{trial(0, 0.4)}),
      seed_result(config_of(3), std::vector<Trial>{failed(0)})};
  const auto summaries = summarise(results);
  CHECK(summaries.at("val_accuracy").runs == 3);
  CHECK(summaries.at("val_accuracy").mean == Approx(0.4));
  CHECK(summaries.at("val_accuracy").deviation == Approx(0.2));
  CHECK(summaries.at("val_accuracy").minimum == 0.2);
  CHECK(summaries.at("val_accuracy").maximum == 0.6);
  CHECK(summaries.at("test").runs == 2);
  CHECK(summaries.at("test").deviation == Approx(std::sqrt(4.5)));
  CHECK(summaries.at("trials").runs == 4);
  CHECK(summaries.at("trials").mean == Approx(1.25));
  CHECK(to_json(summaries).at("test").at("mean") == 2.5);
}

TEST_CASE("one run has no deviation, none nothing at all") {
  const std::vector<SeedResult> one = {
      seed_result(config_of(0), std::vector<Trial>{trial(0, 0.2)})};
  CHECK(summarise(one).at("val_accuracy").deviation == 0);
  CHECK(summarise(std::vector<SeedResult>{}).empty());
}
