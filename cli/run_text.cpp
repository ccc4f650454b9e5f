#include "cli/run_text.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "cli/defaults.hpp"
#include "cli/experiment.hpp"
#include "cli/run_lookup.hpp"
#include "core/base/text.hpp"

namespace nas::cli {

namespace {

bool is_in_bytes(std::string_view metric) {
  return metric.starts_with("ram") || metric.starts_with("flash");
}

bool is_count(std::string_view metric) { return metric == "params" || metric == "macs"; }

/// Collects "  label   value" lines.
class Lines {
 public:
  explicit Lines(std::size_t width) : width_(width) {}

  void heading(const std::string& text) { text_ += text + '\n'; }
  void add(std::string_view label, std::string_view value) {
    text_ += hanging(fmt::format("  {:<15} ", label), value, width_) + '\n';
  }
  const std::string& text() const { return text_; }

 private:
  const std::size_t width_;
  std::string text_;
};

/// A cost with its value at one byte an element behind it.
void add_cost(Lines& lines, const std::string& metric, const Metrics& metrics) {
  const auto value = metrics.find(metric);
  if (value == metrics.end()) return;
  std::string text = metric_text(metric, value->second);
  if (const auto int8 = metrics.find(metric + "_int8"); int8 != metrics.end()) {
    text += fmt::format(", {} {}", int8->first, metric_text(metric, int8->second));
  }
  if (const auto mcunet = metrics.find(metric + "_mcunet"); mcunet != metrics.end()) {
    text += fmt::format(", {} {}", mcunet->first, metric_text(metric, mcunet->second));
  }
  lines.add(metric, text);
}

/// What says how a network is built rather than how large it is.
bool is_irregularity(std::string_view metric) {
  return metric == "fragmentation" || metric == "branches" || metric == "critical_path" ||
         metric == "small_ops";
}

/// The metrics of objectives and limits, each once.
std::set<std::string> limited_or_sought(const RunConfig& config) {
  std::set<std::string> metrics;
  for (const Objective& objective : config.objectives) metrics.insert(objective.metric);
  for (const Limit& limit : config.limits) metrics.insert(limit.metric);
  return metrics;
}

/// What was measured, the objectives first; then what the architecture costs.
void add_best(Lines& lines, const RunSummary& summary) {
  if (!summary.best) {
    lines.heading("Best architecture: none, no trial has succeeded.");
    return;
  }
  const Trial& trial = summary.trial(*summary.best);
  lines.heading(fmt::format("Best architecture: trial {} (of {})", trial.id,
                            counted(static_cast<double>(summary.trials.size()), "trial")));
  std::vector<std::string> shown = cost_metric_names();
  const auto show = [&](const std::string& metric) {
    const auto value = trial.metrics.find(metric);
    if (value == trial.metrics.end() || std::ranges::find(shown, metric) != shown.end()) return;
    lines.add(metric, metric_text(metric, value->second));
    shown.push_back(metric);
  };
  for (const Objective& objective : summary.config.objectives) show(objective.metric);
  for (const auto& [metric, value] : trial.metrics) show(metric);
  for (const std::string& metric : limited_or_sought(summary.config)) {
    if (is_irregularity(metric)) add_cost(lines, metric, trial.metrics);
  }
  for (const char* metric : {"macs", "params", "ram", "flash"}) {
    add_cost(lines, metric, trial.metrics);
  }
  lines.add("genotype", trial.genotype.text());
}

void add_front(Lines& lines, const RunSummary& summary) {
  if (summary.pareto.empty()) return;
  constexpr std::size_t most = 20;
  std::vector<std::string> objectives;
  for (const Objective& objective : summary.pareto_objectives) {
    objectives.push_back(objective_text(objective));
  }
  lines.heading(fmt::format("Pareto front by {}", fmt::join(objectives, " and ")));
  std::vector<std::int64_t> shown = summary.pareto;
  if (shown.size() > most) shown.resize(most);
  std::string trials = fmt::format("{}", fmt::join(shown, ", "));
  if (const std::size_t more = summary.pareto.size() - shown.size(); more > 0) {
    trials += fmt::format(" and {} more", more);
  }
  lines.add(summary.pareto.size() == 1 ? "trial" : "trials", trials);
}

void add_final(Lines& lines, const RunSummary& summary) {
  if (!summary.final) return;
  const FinalSummary& final = *summary.final;
  lines.heading(fmt::format("Final training of trial {}: {}, {}{}", final.trial,
                            counted(summary.config.final_epochs, "epoch"),
                            counted(final.repeats, "network"),
                            final.repeats == 1 ? "" : ", mean ± deviation"));
  for (const auto& [metric, mean] : final.mean) {
    const auto deviation = final.deviation.find(metric);
    const std::string spread =
        deviation == final.deviation.end() ? "" : " ± " + metric_text(metric, deviation->second);
    lines.add(metric, metric_text(metric, mean) + spread);
  }
}

void add_config(Lines& lines, const RunConfig& config) {
  lines.add("strategy", config.strategy);
  lines.add("space", config.space);
  lines.add("estimator", config.estimator);
  lines.add("data", config.data);
  lines.add("seed", std::to_string(config.seed));
  lines.add("precision", precision_name(config.precision));
  for (const Objective& objective : config.objectives) {
    lines.add("objective", objective_text(objective));
  }
  for (const Limit& limit : config.limits) lines.add("limit", limit_text(limit));
  if (!config.latency_table.empty()) lines.add("latency table", config.latency_table);
  if (!is_repeatable(config)) {
    lines.add("repeatable", config.async ? "no: results were told as they came (--async)"
                                         : "no: the run ended by the clock (--time-limit)");
  }
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
  const auto add = [&names](const std::string& metric) {
    if (std::ranges::find(names, metric) == names.end()) names.push_back(metric);
  };
  for (const Objective& objective : summary.config.objectives) add(objective.metric);
  for (const Budget& budget : summary.config.budgets) add(budget.metric);
  // Where no architecture is built there are no costs to show.
  const bool has_costs = std::ranges::any_of(
      summary.trials, [](const Trial& trial) { return !trial.architecture_hash.empty(); });
  if (!has_costs) return names;
  for (const char* cost : {"params", "macs", "ram_int8", "flash_int8"}) add(cost);
  if (!summary.config.latency_table.empty()) add(std::string(latency_metric));
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

std::string exact_metric_text(std::string_view metric, double value) {
  const std::string text = metric_text(metric, value);
  return text == fmt::format("{:.4g}", value) ? fmt::format("{:.7g}", value) : text;
}

std::string limit_text(const Limit& limit) {
  const bool standard = limit == parse_limit(fmt::format("macs={}", default_macs_limit));
  return fmt::format("{} <= {}{}", limit.metric, metric_text(limit.metric, limit.maximum),
                     standard ? " (the default; --max macs=none lifts it)" : "");
}

std::string budget_text(const Budget& budget) {
  return fmt::format("{}: {}", budget.metric, exact_metric_text(budget.metric, budget.total));
}

std::string objective_text(const Objective& objective) {
  return fmt::format("{}:{}", objective.metric, objective.maximise ? "max" : "min");
}

std::string status_text(const RunSummary& summary) {
  const std::string note = summary.note.empty() ? "" : fmt::format(" ({})", summary.note);
  return to_string(summary.status) + note;
}

std::string summary_text(const RunSummary& summary, std::size_t width) {
  Lines lines(width);
  add_best(lines, summary);
  add_front(lines, summary);
  add_final(lines, summary);
  lines.heading(fmt::format("Run: {}", summary.path.string()));
  lines.add("status", status_text(summary));
  if (summary.status == RunStatus::interrupted || summary.status == RunStatus::failed) {
    lines.add("to go on", "nas resume " + shell_word(summary.path));
  }
  const std::int64_t wanted = summary.config.trials;
  lines.add("trials", fmt::format("{}{}: {} ok, {} reused, {} failed", summary.trials.size(),
                                  wanted > 0 ? fmt::format(" of {}", wanted) : "", summary.ok,
                                  summary.reused, summary.failed));
  for (std::size_t i = 0; i < summary.spent.size(); ++i) {
    const Budget& budget = summary.config.budgets[i];
    lines.add("budget", fmt::format("{}, {} spent", budget_text(budget),
                                    exact_metric_text(budget.metric, summary.spent[i])));
  }
  lines.add("time", human_seconds(summary.seconds));
  add_config(lines, summary.config);
  return lines.text();
}

Table trial_table(const RunSummary& summary, Format format) {
  const bool exact = format != Format::text;
  const std::vector<std::string> metrics = exact ? all_metrics(summary) : shown_metrics(summary);
  const std::set<std::int64_t> front(summary.pareto.begin(), summary.pareto.end());
  Table table{{{"trial", Align::right}, {"status"}, {"pareto"}}, {}};
  for (const std::string& metric : metrics) table.columns.push_back({metric, Align::right});
  table.columns.push_back({"seconds", Align::right});
  table.columns.push_back({.title = "note", .wraps = true});
  table.columns.push_back({.title = "genotype", .expendable = 1});
  for (const Trial& trial : summary.trials) {
    std::vector<std::string> row = {std::to_string(trial.id), to_string(trial.status)};
    row.emplace_back(front.contains(trial.id) ? (exact ? "1" : "*") : (exact ? "0" : ""));
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
