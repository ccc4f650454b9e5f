#include "cli/run_text.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "cli/defaults.hpp"
#include "cli/experiment.hpp"
#include "core/base/text.hpp"

namespace nas::cli {

namespace {

bool is_in_bytes(std::string_view metric) {
  return metric.starts_with("ram") || metric.starts_with("flash");
}

bool is_count(std::string_view metric) { return metric == "params" || metric == "macs"; }

std::string line(std::string_view label, const std::string& value) {
  return fmt::format("  {:<15} {}\n", label, value);
}

/// A cost with its value at one byte an element beside it.
std::string cost_line(std::string_view label, std::string_view metric, const Metrics& metrics) {
  const auto value = metrics.find(metric);
  if (value == metrics.end()) return {};
  std::string text = metric_text(metric, value->second);
  if (const auto int8 = metrics.find(fmt::format("{}_int8", metric)); int8 != metrics.end()) {
    text += fmt::format(" in float, {} in int8", metric_text(metric, int8->second));
  }
  return line(label, text);
}

/// What was measured, the objectives first; then what the architecture costs.
std::string best_text(const RunSummary& summary) {
  if (!summary.best) return "Best architecture: none, no trial has succeeded.\n";
  const Trial& trial = summary.trial(*summary.best);
  std::string text =
      fmt::format("Best architecture: trial {} of {}\n", trial.id, summary.trials.size());
  std::vector<std::string> shown = cost_metric_names();
  const auto show = [&](const std::string& metric) {
    const auto value = trial.metrics.find(metric);
    if (value == trial.metrics.end() || std::ranges::find(shown, metric) != shown.end()) return;
    text += line(metric, metric_text(metric, value->second));
    shown.push_back(metric);
  };
  for (const Objective& objective : summary.config.objectives) show(objective.metric);
  for (const auto& [metric, value] : trial.metrics) show(metric);
  text += cost_line("MACs", "macs", trial.metrics);
  text += cost_line("parameters", "params", trial.metrics);
  text += cost_line("peak RAM", "ram", trial.metrics);
  text += cost_line("flash", "flash", trial.metrics);
  return text + line("genotype", trial.genotype.text());
}

std::string final_text(const RunSummary& summary) {
  if (!summary.final) return {};
  const FinalSummary& final = *summary.final;
  std::string text = fmt::format("Final training of trial {}: {:g} epochs, {} {}\n", final.trial,
                                 summary.config.final_epochs, final.repeats,
                                 final.repeats == 1 ? "network" : "networks, mean ± deviation");
  for (const auto& [metric, mean] : final.mean) {
    const auto deviation = final.deviation.find(metric);
    const std::string spread =
        deviation == final.deviation.end() ? "" : " ± " + metric_text(metric, deviation->second);
    text += line(metric, metric_text(metric, mean) + spread);
  }
  return text;
}

std::string config_text(const RunConfig& config) {
  std::string text = line("strategy", config.strategy) + line("space", config.space) +
                     line("estimator", config.estimator) + line("data", config.data) +
                     line("seed", std::to_string(config.seed));
  for (const Objective& objective : config.objectives) {
    text += line("objective", objective_text(objective));
  }
  for (const Limit& limit : config.limits) text += line("limit", limit_text(limit));
  if (!config.latency_table.empty()) text += line("latency table", config.latency_table);
  if (!is_repeatable(config)) {
    text += line("repeatable", config.async ? "no: results were told as they came (--async)"
                                            : "no: the run ended by the clock (--time-limit)");
  }
  return text;
}

std::vector<std::string> all_metrics(const RunSummary& summary) {
  std::set<std::string> names;
  for (const Trial& trial : summary.trials) {
    for (const auto& [metric, value] : trial.metrics) names.insert(metric);
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> shown_metrics(const RunSummary& summary) {
  std::vector<std::string> names;
  for (const Objective& objective : summary.config.objectives) names.push_back(objective.metric);
  std::vector<std::string> costs = {"params", "macs", "ram_int8", "flash_int8"};
  if (!summary.config.latency_table.empty()) costs.emplace_back(latency_metric);
  for (const std::string& cost : costs) {
    if (std::ranges::find(names, cost) == names.end()) names.push_back(cost);
  }
  return names;
}

}  // namespace

std::string metric_text(std::string_view metric, double value) {
  if (is_in_bytes(metric)) return human_bytes(value);
  if (is_count(metric)) return human_count(value);
  if (metric.ends_with("_ms")) return fmt::format("{:.4g} ms", value);
  if (metric.ends_with("accuracy")) return fmt::format("{:.2f} %", 100 * value);
  return fmt::format("{:.4g}", value);
}

std::string limit_text(const Limit& limit) {
  const bool standard = limit == parse_limit(fmt::format("macs={}", default_macs_limit));
  return fmt::format("{} <= {}{}", limit.metric, metric_text(limit.metric, limit.maximum),
                     standard ? " (the default; --max macs=none lifts it)" : "");
}

std::string objective_text(const Objective& objective) {
  return fmt::format("{}:{}", objective.metric, objective.maximise ? "max" : "min");
}

std::string status_text(const RunSummary& summary) {
  const std::string note = summary.note.empty() ? "" : fmt::format(" ({})", summary.note);
  return to_string(summary.status) + note;
}

std::string summary_text(const RunSummary& summary) {
  std::string text = best_text(summary) + final_text(summary);
  text += fmt::format("Run: {}\n", summary.path.string());
  text += line("status", status_text(summary));
  text += line("trials",
               fmt::format("{} of {}: {} ok, {} reused, {} failed", summary.trials.size(),
                           summary.config.trials, summary.ok, summary.reused, summary.failed));
  text += line("time", human_seconds(summary.seconds));
  return text + config_text(summary.config);
}

Table trial_table(const RunSummary& summary, Format format) {
  const bool exact = format != Format::text;
  const std::vector<std::string> metrics = exact ? all_metrics(summary) : shown_metrics(summary);
  Table table{{{"trial", Align::right}, {"status"}}, {}};
  for (const std::string& metric : metrics) table.columns.push_back({metric, Align::right});
  table.columns.push_back({"seconds", Align::right});
  table.columns.push_back({"note"});
  table.columns.push_back({"genotype"});
  for (const Trial& trial : summary.trials) {
    std::vector<std::string> row = {std::to_string(trial.id), to_string(trial.status)};
    for (const std::string& metric : metrics) {
      const auto value = trial.metrics.find(metric);
      if (value == trial.metrics.end()) {
        row.emplace_back();
      } else {
        row.push_back(exact ? fmt::format("{}", value->second)
                            : metric_text(metric, value->second));
      }
    }
    row.push_back(exact ? fmt::format("{}", trial.seconds) : fmt::format("{:.2f}", trial.seconds));
    row.push_back(trial.reused_from ? fmt::format("as trial {}", *trial.reused_from)
                                    : trial.reason);
    row.push_back(trial.genotype.text());
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace nas::cli
