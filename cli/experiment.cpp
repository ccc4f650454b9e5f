#include "cli/experiment.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/random.hpp"
#include "core/base/text.hpp"
#include "core/engine/program.hpp"
#include "search_spaces/registry.hpp"

namespace nas::cli {

namespace {

void check_metric(const std::string& metric, const char* use,
                  const std::vector<std::string>& known) {
  if (std::ranges::find(known, metric) != known.end()) return;
  if (metric == latency_metric) {
    throw Error(ErrorKind::config,
                fmt::format("'{}' as {} needs a latency table: 'nas profile --output latency.csv' "
                            "makes one of this machine, --latency-table latency.csv uses it",
                            metric, use));
  }
  throw Error(ErrorKind::config,
              fmt::format("unknown metric '{}' as {}{}", metric, use, suggestion(metric, known)));
}

void resolve_metrics(RunConfig& config, const Estimator& estimator) {
  std::vector<std::string> measured = estimator.metrics();
  if (config.objectives.empty() && !measured.empty()) {
    config.objectives.push_back(parse_objective(measured.front()));
  }
  std::vector<std::string> costs = cost_metric_names();
  if (!config.latency_table.empty()) costs.emplace_back(latency_metric);
  measured.insert(measured.end(), costs.begin(), costs.end());
  for (const Objective& objective : config.objectives) {
    check_metric(objective.metric, "objective", measured);
  }
  for (const Limit& limit : config.limits) check_metric(limit.metric, "limit", costs);
}

void resolve_final_training(RunConfig& config, std::optional<double> epochs,
                            const Estimator& estimator) {
  const double standard = estimator.default_final_epochs();
  config.final_epochs = epochs.value_or(standard);
  if (config.final_epochs > 0 && standard == 0) {
    throw Error(ErrorKind::config,
                fmt::format("--final-epochs '{}': estimator '{}' has no final training; choose one "
                            "that trains, such as 'train'",
                            config.final_epochs, config.estimator));
  }
}

void prepare(Estimator& estimator, const EstimatorContext& context, const std::string& name) {
  try {
    estimator.prepare(context);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    throw Error(ErrorKind::plugin,
                fmt::format("estimator '{}' failed to prepare: {}", name, error.what()));
  }
}

}  // namespace

Task task_of(const std::string& data) {
  for (const KnownDataset& known : known_datasets()) {
    if (known.name == data && known.task) return *known.task;
  }
  return load_dataset(data)->task();
}

Metrics all_costs(const Evaluator& evaluator, const Genotype& genotype,
                  const Architecture& architecture, const Cost& cost) {
  Metrics metrics = cost_metrics(cost);
  if (evaluator.latency) {
    metrics.merge(evaluator.latency->metrics(architecture, selection_of(genotype)));
  }
  return metrics;
}

OwnedOptions resolve_options(const ExperimentRequest& request, const PluginRegistry& registry) {
  const RunConfig& config = request.config;
  const auto strategy = registry.find(PluginKind::strategy, config.strategy);
  const auto estimator = registry.find(PluginKind::estimator, config.estimator);
  OptionOwners owners;
  const auto add = [&](const std::string& owner, std::span<const OptionSpec> table) {
    if (owners.emplace(owner, table).second) return;
    throw Error(ErrorKind::config,
                fmt::format("two of strategy, space and estimator are called '{}'", owner));
  };
  add(config.strategy, strategy->options());
  add(config.space, search_space(config.space).options);
  add(config.estimator, estimator->options());
  return options_by_owner(request.options, owners, registry);
}

Evaluator assemble_evaluator(const RunConfig& config, const OptionValues& space_options,
                             const OptionValues& estimator_options,
                             std::shared_ptr<const PluginLibrary> estimator_library) {
  require_precision(config.precision);
  Evaluator evaluator;
  evaluator.estimator_library = std::move(estimator_library);
  evaluator.estimator = evaluator.estimator_library->make_estimator();
  if (evaluator.estimator->needs_data()) {
    evaluator.dataset = load_dataset(config.data);
    evaluator.task = evaluator.dataset->task();
  } else {
    evaluator.task = task_of(config.data);
  }
  evaluator.space = search_space(config.space).make(evaluator.task, space_options);
  if (!config.latency_table.empty()) {
    evaluator.latency = std::make_shared<const LatencyModel>(
        config.latency_table,
        command_to_profile(config.space, space_options, "--data " + shell_word(config.data)));
  }
  prepare(
      *evaluator.estimator,
      {evaluator.dataset, config.seed, config.memory_limit, estimator_options, config.precision},
      config.estimator);
  return evaluator;
}

std::unique_ptr<Experiment> assemble_experiment(const ExperimentRequest& request,
                                                const PluginRegistry& registry) {
  auto experiment = std::make_unique<Experiment>();
  experiment->config = request.config;
  RunConfig& config = experiment->config;
  const OwnedOptions options = resolve_options(request, registry);
  for (const auto& [owner, values] : options) {
    config.options[owner] = {values.all().begin(), values.all().end()};
  }
  experiment->strategy_library = registry.find(PluginKind::strategy, config.strategy);
  experiment->evaluator =
      assemble_evaluator(config, options.at(config.space), options.at(config.estimator),
                         registry.find(PluginKind::estimator, config.estimator));
  resolve_metrics(config, *experiment->evaluator.estimator);
  resolve_final_training(config, request.final_epochs, *experiment->evaluator.estimator);
  experiment->strategy_options = options.at(config.strategy);
  experiment->strategy = experiment->strategy_library->make_strategy(
      {*experiment->evaluator.space, config.objectives, derive_seed(config.seed, "strategy"),
       config.window, experiment->strategy_options});
  return experiment;
}

ExperimentRequest recorded_request(const RunConfig& config) {
  ExperimentRequest request{config, {}, config.final_epochs};
  for (const auto& [owner, options] : config.options) {
    for (const auto& [name, value] : options) {
      request.options[fmt::format("{}.{}", owner, name)] = {
          {value}, Origin::flag, fmt::format("the recorded option '{}.{}'", owner, name)};
    }
  }
  request.config.options.clear();
  return request;
}

bool is_repeatable(const RunConfig& config) {
  return !config.async && config.time_limit_seconds == 0;
}

}  // namespace nas::cli
