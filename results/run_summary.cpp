#include "results/run_summary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/search/spending.hpp"

namespace nas {
namespace {

constexpr const char* summary_schema = "nas.run";
constexpr int version = 1;

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double deviation_of(const std::vector<double>& values, double mean) {
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

void count(RunSummary& summary) {
  for (const Trial& trial : summary.trials) {
    switch (trial.status) {
      case TrialStatus::ok:
        ++summary.ok;
        break;
      case TrialStatus::failed:
        ++summary.failed;
        break;
      case TrialStatus::reused:
        ++summary.reused;
        break;
    }
  }
}

void rank(RunSummary& summary) {
  if (summary.config.objectives.empty()) return;
  summary.pareto_objectives = ranking_objectives(summary.config.objectives);
  summary.best = summary.final ? std::optional(summary.final->trial)
                               : best_trial(summary.trials, summary.pareto_objectives);
  summary.pareto = pareto_front(summary.trials, summary.pareto_objectives);
}

/// Counts read as counts: "81234", not "81234.0". The value is the same.
nlohmann::json shown_number(double value) {
  constexpr double largest_exact_integer = 9007199254740992.0;  // 2^53
  const bool negative_zero = value == 0 && std::signbit(value);
  if (std::abs(value) <= largest_exact_integer && value == std::trunc(value) && !negative_zero) {
    return static_cast<std::int64_t>(value);
  }
  if (!std::isfinite(value)) return nullptr;  // JSON has no name for it
  return value;
}

nlohmann::json to_json(const Metrics& metrics) {
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [name, value] : metrics) object[name] = shown_number(value);
  return object;
}

nlohmann::json spent_json(const RunSummary& summary) {
  nlohmann::json object = nlohmann::json::object();
  for (std::size_t i = 0; i < summary.spent.size(); ++i) {
    object[summary.config.budgets[i].metric] = shown_number(summary.spent[i]);
  }
  return object;
}

nlohmann::json best_json(const RunSummary& summary) {
  if (!summary.best) return nullptr;
  const Trial& trial = summary.trial(*summary.best);
  return {{"trial", trial.id},
          {"genotype", trial.genotype.answers},
          {"metrics", to_json(trial.metrics)}};
}

nlohmann::json final_json(const std::optional<FinalSummary>& final) {
  if (!final) return nullptr;
  nlohmann::json object = to_json(final->mean);
  object["trial"] = final->trial;
  object["repeats"] = final->repeats;
  if (!final->deviation.empty()) object["deviation"] = to_json(final->deviation);
  return object;
}

}  // namespace

const Trial& RunSummary::trial(std::int64_t id) const {
  const auto found =
      std::lower_bound(trials.begin(), trials.end(), id,
                       [](const Trial& trial, std::int64_t wanted) { return trial.id < wanted; });
  if (found != trials.end() && found->id == id) return *found;
  throw Error(
      ErrorKind::usage,
      trials.empty()
          ? fmt::format("there is no trial '{}' in '{}': it has none yet", id, path.string())
          : fmt::format("there is no trial '{}' in '{}': it has {}, from {} to {}", id,
                        path.string(), trials.size(), trials.front().id, trials.back().id));
}

std::optional<FinalSummary> summarise_finals(std::span<const FinalResult> finals) {
  const auto chosen = std::find_if(finals.begin(), finals.end(),
                                   [](const FinalResult& result) { return result.chosen; });
  if (chosen == finals.end()) return std::nullopt;
  FinalSummary summary{.trial = chosen->trial, .repeats = 0, .mean = {}, .deviation = {}};
  std::map<std::string, std::vector<double>> values;
  for (const FinalResult& result : finals) {
    if (result.trial != chosen->trial) continue;
    ++summary.repeats;
    for (const auto& [name, value] : result.metrics) values[name].push_back(value);
  }
  for (const auto& [name, repeats] : values) {
    const double mean = mean_of(repeats);
    summary.mean[name] = mean;
    if (repeats.size() > 1) summary.deviation[name] = deviation_of(repeats, mean);
  }
  return summary;
}

RunSummary summarise(const RunDirectory& run) {
  RunSummary summary;
  // In this order: a run that ends meanwhile is seen as running, not as abandoned, and one that is
  // seen as finished is seen with all its trials.
  const bool in_use = run.in_use();
  summary.status = run.trials().status();
  summary.note = run.trials().note();
  summary.path = run.path();
  summary.config = run.config();
  summary.environment = run.environment();
  summary.seconds = run.trials().seconds();
  summary.trials = run.trials().load();
  summary.final = summarise_finals(run.trials().finals());
  if (summary.status == RunStatus::running && !in_use) {
    summary.status = RunStatus::interrupted;
    summary.note = "its process was killed";
  }
  count(summary);
  Spending spending(summary.config.budgets);
  for (const Trial& trial : summary.trials) spending.add(trial);
  summary.spent = spending.spent();
  rank(summary);
  return summary;
}

nlohmann::json to_json(const Trial& trial) {
  nlohmann::json object = {{"id", trial.id},
                           {"genotype", trial.genotype.answers},
                           {"architecture", trial.architecture_hash},
                           {"status", to_string(trial.status)},
                           {"fidelity",
                            {{"epochs", shown_number(trial.fidelity.epochs)},
                             {"data_share", shown_number(trial.fidelity.data_share)},
                             {"resolution", shown_number(trial.fidelity.resolution)}}},
                           {"seed", trial.seed},
                           {"metrics", to_json(trial.metrics)},
                           {"seconds", shown_number(trial.seconds)}};
  if (!trial.reason.empty()) object["reason"] = trial.reason;
  if (trial.reused_from) object["reused_from"] = *trial.reused_from;
  if (trial.parent) object["parent"] = *trial.parent;
  for (const CurvePoint& point : trial.curve) {
    object["curve"].push_back({shown_number(point.epochs), shown_number(point.value)});
  }
  return object;
}

nlohmann::json to_json(const RunSummary& summary) {
  nlohmann::json trials = nlohmann::json::array();
  for (const Trial& trial : summary.trials) trials.push_back(to_json(trial));
  nlohmann::json pareto_by = nlohmann::json::array();
  for (const Objective& objective : summary.pareto_objectives) {
    pareto_by.push_back(objective.metric + (objective.maximise ? ":max" : ":min"));
  }
  nlohmann::json object = {{"schema", summary_schema},
                           {"version", version},
                           {"config", to_json(summary.config)},
                           {"environment", summary.environment},
                           {"status", to_string(summary.status)},
                           {"seconds", shown_number(summary.seconds)},
                           {"best", best_json(summary)},
                           {"pareto", summary.pareto},
                           {"pareto_objectives", std::move(pareto_by)},
                           {"final", final_json(summary.final)},
                           {"spent", spent_json(summary)},
                           {"trials", std::move(trials)}};
  if (!summary.note.empty()) object["note"] = summary.note;
  return object;
}

}  // namespace nas
