#include "cli/plan.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/run_text.hpp"
#include "core/base/text.hpp"

namespace nas::cli {

namespace {

std::string data_text(const Experiment& experiment) {
  const Evaluator& evaluator = experiment.evaluator;
  const std::string task =
      fmt::format("{}, {} classes", evaluator.task.input.text(), evaluator.task.classes);
  if (!evaluator.dataset) {
    return fmt::format("{} ({}), not read: '{}' needs none", experiment.config.data, task,
                       experiment.config.estimator);
  }
  return fmt::format("{} ({}), {} to train and validate, {} to test", experiment.config.data, task,
                     evaluator.dataset->train.count(), evaluator.dataset->test.count());
}

std::string final_text(const RunConfig& config) {
  if (config.final_epochs == 0) return "none";
  return fmt::format("{}, {}, {} each, {}", counted(config.final_epochs, "epoch"),
                     counted(config.finalists, "finalist"), counted(config.final_seeds, "training"),
                     counted(config.final_shards, "shard"));
}

std::string trials_text(const Plan& plan) {
  const RunConfig& config = plan.experiment.config;
  const std::string count =
      config.trials > 0 ? std::to_string(config.trials) : "until the budget is spent";
  if (plan.seeds) return fmt::format("{} in each run, window {}", count, config.window);
  return fmt::format("{}, {} at a time, window {}, seed {}", count, plan.jobs, config.window,
                     config.seed);
}

std::string cost_text(const RunConfig& config, const CostForecast& cost) {
  if (cost.sampled == 0) return "no architecture is built";
  if (cost.feasible == 0) return "unknown: no sampled architecture is within the limits";
  if (cost.seconds == 0 && config.trials > 0) return "no training";
  if (config.trials == 0) return "unknown: the budget says how many trials there are";
  return fmt::format(
      "about {}MACs for the search and {}MACs for the final training; {} if this "
      "machine does {:.0f} GMAC/s per processor",
      human_count(cost.search_macs), human_count(cost.final_macs), human_seconds(cost.seconds),
      assumed_rate / 1e9);
}

std::string rehearsal_text(const CostForecast& cost) {
  std::string text =
      fmt::format("a trial has {:.2g} of the full training on average", cost.rehearsal.effort);
  if (cost.checkpoint_bytes > 0) {
    text += fmt::format(", up to {} checkpoints at once take {}", cost.rehearsal.checkpoints,
                        human_bytes(cost.checkpoint_bytes));
  }
  return text;
}

}  // namespace

Table plan_table(const Plan& plan) {
  const RunConfig& config = plan.experiment.config;
  const Evaluator& evaluator = plan.experiment.evaluator;
  const Fidelity fidelity = evaluator.estimator->default_fidelity();
  Table table{{{"what"}, {"value", Align::left, true}}, {}};
  const auto add = [&](std::string what, std::string value) {
    table.rows.push_back({std::move(what), std::move(value)});
  };
  add("strategy", config.strategy);
  add("space", fmt::format("{}, {} genotypes", config.space, size_digits(*evaluator.space)));
  add("estimator", fidelity.epochs == 0
                       ? config.estimator
                       : fmt::format("{}, {} of {:.3g} % of the training part", config.estimator,
                                     counted(fidelity.epochs, "epoch"), 100 * fidelity.data_share));
  add("data", data_text(plan.experiment));
  if (plan.seeds) {
    add("runs", fmt::format("{}, {} at a time, seeds {} to {}; all else is of one run",
                            plan.seeds->count(), plan.jobs, plan.seeds->first, plan.seeds->last));
  }
  add("trials", trials_text(plan));
  if (plan.cost.rehearsal.effort != 1) add("fidelities", rehearsal_text(plan.cost));
  for (const Budget& budget : config.budgets) add("budget", budget_text(budget));
  add("precision", std::string(precision_name(config.precision)));
  for (const Objective& objective : config.objectives) add("objective", objective_text(objective));
  for (const Limit& limit : config.limits) add("limit", limit_text(limit));
  if (plan.cost.sampled > 0) {
    add("within limits",
        fmt::format("{} of {} sampled architectures", plan.cost.feasible, plan.cost.sampled));
  }
  if (!config.latency_table.empty()) add("latency table", config.latency_table);
  if (config.time_limit_seconds > 0) add("time limit", human_seconds(config.time_limit_seconds));
  if (config.memory_limit > 0) {
    add("memory limit", human_bytes(static_cast<double>(config.memory_limit)) + " per trial");
  }
  if (!is_repeatable(config)) add("repeatable", "no, because of --async or --time-limit");
  add("final training", final_text(config));
  add("cost", cost_text(config, plan.cost));
  add("run directory", plan.out);
  return table;
}

nlohmann::json to_json(const Plan& plan) {
  nlohmann::json object = json_object("nas.plan");
  object["config"] = nas::to_json(plan.experiment.config);
  object["jobs"] = plan.jobs;
  object["out"] = plan.out;
  if (plan.seeds) object["seeds"] = {{"first", plan.seeds->first}, {"last", plan.seeds->last}};
  object["cost"] = {{"sampled", plan.cost.sampled},
                    {"feasible", plan.cost.feasible},
                    {"mean_macs", plan.cost.macs},
                    {"search_macs", plan.cost.search_macs},
                    {"final_macs", plan.cost.final_macs},
                    {"seconds", plan.cost.seconds},
                    {"effort", plan.cost.rehearsal.effort},
                    {"checkpoints", plan.cost.rehearsal.checkpoints},
                    {"checkpoint_bytes", plan.cost.checkpoint_bytes}};
  return object;
}

}  // namespace nas::cli
