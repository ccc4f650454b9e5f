#include "cli/experiment.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/random.hpp"
#include "core/base/text.hpp"
#include "core/engine/program.hpp"
#include "core/search/mnasnet_reward.hpp"
#include "search_spaces/registry.hpp"

namespace nas::cli {

namespace {

void check_metric(const std::string& metric, const std::string& use,
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

/// The default limits, with the others in the order of their metrics.
void add_default_limits(RunConfig& config, const std::vector<Limit>& limits) {
  config.limits.insert(config.limits.end(), limits.begin(), limits.end());
  std::ranges::sort(config.limits, {}, &Limit::metric);
}

/// A space of codes has nothing that could be built.
void check_buildable(const Experiment& experiment) {
  const RunConfig& config = experiment.config;
  if (experiment.evaluator.space->has_architectures() || !builds_architectures(experiment)) return;
  const std::string whom =
      experiment.evaluator.estimator->needs_architecture()
          ? fmt::format("estimator '{}' measures", config.estimator)
          : "objectives, limits and budgets on what networks cost, and latency tables, are about";
  throw Error(ErrorKind::config,
              fmt::format("{} architectures, and the space '{}' has codes alone; look them up with "
                          "--estimator table, by the columns of the table",
                          whom, config.space));
}

void resolve_metrics(RunConfig& config, std::span<const DerivedMetric> derived,
                     const Estimator& estimator) {
  std::vector<std::string> measured = estimator.metrics();
  if (config.objectives.empty() && !measured.empty()) {
    config.objectives.push_back(parse_objective(measured.front()));
  }
  std::vector<std::string> costs = cost_metric_names();
  if (!config.latency_table.empty()) costs.emplace_back(latency_metric);
  measured.insert(measured.end(), costs.begin(), costs.end());
  for (const DerivedMetric& metric : derived) {
    const std::string use = fmt::format("part of the objective '{}'", metric.name);
    for (const std::string& input : metric.inputs) check_metric(input, use, measured);
  }
  for (const DerivedMetric& metric : derived) measured.push_back(metric.name);
  for (const Objective& objective : config.objectives) {
    check_metric(objective.metric, "objective", measured);
  }
  for (const Budget& budget : config.budgets) check_metric(budget.metric, "budget", measured);
  for (const Limit& limit : config.limits) check_metric(limit.metric, "limit", costs);
}

bool is_objective(const std::string& metric, const RunConfig& config) {
  return std::ranges::find(config.objectives, metric, &Objective::metric) !=
         config.objectives.end();
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

/// Empty where there are no limits.
std::function<bool(const Genotype&, const Architecture&)> feasibility(const Evaluator& evaluator,
                                                                      const RunConfig& config) {
  if (config.limits.empty()) return {};
  return [limits = config.limits, more_costs = latency_costs(evaluator)](
             const Genotype& genotype, const Architecture& architecture) {
    Metrics metrics = cost_metrics(cost(architecture));
    if (more_costs) metrics.merge(more_costs(genotype, architecture));
    return !exceeded(limits, metrics);
  };
}

void prepare(Evaluator& evaluator, const RunConfig& config) {
  try {
    evaluator.estimator->prepare({evaluator.dataset, config.seed, config.memory_limit,
                                  evaluator.estimator_options, config.precision,
                                  evaluator.space.get(), feasibility(evaluator, config)});
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    throw Error(ErrorKind::plugin, fmt::format("estimator '{}' failed to prepare: {}",
                                               config.estimator, error.what()));
  }
}

void make_strategy(Experiment& experiment) {
  const RunConfig& config = experiment.config;
  experiment.strategy = experiment.strategy_library->make_strategy(
      {*experiment.evaluator.space, config.objectives, derive_seed(config.seed, "strategy"),
       config.window, experiment.strategy_options,
       experiment.evaluator.estimator->default_fidelity()});
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

std::function<Metrics(const Genotype&, const Architecture&)> latency_costs(
    const Evaluator& evaluator) {
  if (!evaluator.latency) return {};
  return [latency = evaluator.latency](const Genotype& genotype, const Architecture& architecture) {
    return latency->metrics(architecture, selection_of(genotype));
  };
}

OwnedOptions resolve_options(const ExperimentRequest& request, const PluginRegistry& registry) {
  const RunConfig& config = request.config;
  const auto strategy = registry.find(PluginKind::strategy, config.strategy);
  const auto estimator = registry.find(PluginKind::estimator, config.estimator);
  OptionOwners owners;
  const auto add = [&](const std::string& owner, std::span<const OptionSpec> table) {
    if (owners.emplace(owner, table).second) return;
    throw Error(
        ErrorKind::config,
        fmt::format("two of strategy, space, estimator and objective are called '{}'", owner));
  };
  add(config.strategy, strategy->options());
  add(config.space, search_space(config.space).options);
  add(config.estimator, estimator->options());
  if (is_objective(mnasnet_reward_name, config)) add(mnasnet_reward_name, mnasnet_reward_options());
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
  evaluator.estimator_options = estimator_options;
  prepare(evaluator, config);
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
  auto estimator_library = registry.find(PluginKind::estimator, config.estimator);
  if (estimator_library->make_estimator()->needs_architecture()) {
    add_default_limits(config, request.default_limits);
  }
  experiment->evaluator = assemble_evaluator(
      config, options.at(config.space), options.at(config.estimator), std::move(estimator_library));
  if (is_objective(mnasnet_reward_name, config)) {
    experiment->derived.push_back(mnasnet_reward(options.at(mnasnet_reward_name)));
  }
  resolve_metrics(config, experiment->derived, *experiment->evaluator.estimator);
  check_buildable(*experiment);
  resolve_final_training(config, request.final_epochs, *experiment->evaluator.estimator);
  experiment->strategy_options = options.at(config.strategy);
  make_strategy(*experiment);
  return experiment;
}

std::unique_ptr<Experiment> with_seed(const Experiment& experiment, std::uint64_t seed) {
  auto other = std::make_unique<Experiment>();
  other->config = experiment.config;
  other->config.seed = seed;
  other->evaluator = experiment.evaluator;
  if (experiment.evaluator.estimator->depends_on_run_seed()) {
    other->evaluator.estimator = other->evaluator.estimator_library->make_estimator();
    prepare(other->evaluator, other->config);
  }
  other->strategy_options = experiment.strategy_options;
  other->derived = experiment.derived;
  other->strategy_library = experiment.strategy_library;
  make_strategy(*other);
  return other;
}

ExperimentRequest recorded_request(const RunConfig& config) {
  ExperimentRequest request{.config = config, .options = {}, .final_epochs = config.final_epochs};
  for (const auto& [owner, options] : config.options) {
    for (const auto& [name, value] : options) {
      request.options[fmt::format("{}.{}", owner, name)] = {
          {value}, Origin::flag, fmt::format("the recorded option '{}.{}'", owner, name)};
    }
  }
  request.config.options.clear();
  return request;
}

SearchSettings search_settings(const Experiment& experiment) {
  const RunConfig& config = experiment.config;
  SearchSettings settings;
  settings.seed = config.seed;
  settings.trials = config.trials > 0 ? config.trials : std::numeric_limits<std::int64_t>::max();
  settings.window = config.window;
  settings.async = config.async;
  settings.time_limit_seconds = config.time_limit_seconds;
  settings.objectives = config.objectives;
  settings.limits = config.limits;
  settings.budgets = config.budgets;
  settings.derived = experiment.derived;
  return settings;
}

bool builds_architectures(const Experiment& experiment) {
  return experiment.evaluator.latency != nullptr ||
         needs_architectures(search_settings(experiment), *experiment.evaluator.estimator);
}

bool is_repeatable(const RunConfig& config) {
  return !config.async && config.time_limit_seconds == 0;
}

}  // namespace nas::cli
