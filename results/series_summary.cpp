#include "results/series_summary.hpp"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "core/search/objective.hpp"

namespace nas {
namespace {

MetricSummary summary_of(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  MetricSummary summary;
  summary.runs = std::ssize(values);
  for (const double value : values) summary.mean += value / count;
  double squares = 0;
  for (const double value : values) squares += std::pow(value - summary.mean, 2);
  if (values.size() > 1) summary.deviation = std::sqrt(squares / (count - 1));
  summary.minimum = std::ranges::min(values);
  summary.maximum = std::ranges::max(values);
  return summary;
}

}  // namespace

SeedResult seed_result(const RunConfig& config, std::span<const Trial> trials) {
  SeedResult result;
  result.seed = config.seed;
  result.trials = std::ssize(trials);
  result.failed = std::ranges::count(trials, TrialStatus::failed, &Trial::status);
  const auto best = best_trial(trials, ranking_objectives(config.objectives));
  if (best) result.best = *std::ranges::find(trials, *best, &Trial::id);
  return result;
}

std::map<std::string, MetricSummary> summarise(std::span<const SeedResult> results) {
  std::map<std::string, std::vector<double>> values;
  for (const SeedResult& result : results) {
    values["trials"].push_back(static_cast<double>(result.trials));
    if (!result.best) continue;
    for (const auto& [metric, value] : result.best->metrics) values[metric].push_back(value);
  }
  std::map<std::string, MetricSummary> summaries;
  for (const auto& [metric, list] : values) summaries.emplace(metric, summary_of(list));
  return summaries;
}

nlohmann::json to_json(const std::map<std::string, MetricSummary>& metrics) {
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [metric, summary] : metrics) {
    object[metric] = {{"runs", summary.runs},
                      {"mean", summary.mean},
                      {"deviation", summary.deviation},
                      {"minimum", summary.minimum},
                      {"maximum", summary.maximum}};
  }
  return object;
}

nlohmann::json to_json(const SeedResult& result) {
  nlohmann::json object = {{"seed", result.seed},
                           {"trials", result.trials},
                           {"failed", result.failed},
                           {"best", nullptr}};
  if (result.best) {
    object["best"] = {{"trial", result.best->id},
                      {"genotype", result.best->genotype.answers},
                      {"metrics", result.best->metrics}};
  }
  return object;
}

}  // namespace nas
