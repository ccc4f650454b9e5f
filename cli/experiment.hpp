/// The parts of a run, found, checked and put together before the first trial.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/latency_model.hpp"
#include "cli/owned_options.hpp"
#include "cli/settings.hpp"
#include "core/data/dataset.hpp"
#include "core/plugin/registry.hpp"
#include "core/search/derived_metric.hpp"
#include "core/search/search_loop.hpp"
#include "core/search/search_space.hpp"
#include "results/run_config.hpp"

namespace nas::cli {

/// What was asked for, before names are looked up and defaults of plugins are known.
struct ExperimentRequest {
  RunConfig config;  ///< without options; no objectives: the estimator's
  /// Added to the limits where the estimator needs architectures: trials are expensive then.
  std::vector<Limit> default_limits = {};
  Settings::Keyed options;             ///< by "owner.option"
  std::optional<double> final_epochs;  ///< nothing: the estimator's
};

/// What measures candidates: all that `eval` needs.
struct Evaluator {
  Task task;
  std::shared_ptr<const Dataset> dataset;  ///< null where the estimator needs none
  std::shared_ptr<const SearchSpace> space;
  std::shared_ptr<const PluginLibrary> estimator_library;
  OptionValues estimator_options;
  std::shared_ptr<Estimator> estimator;         ///< prepared
  std::shared_ptr<const LatencyModel> latency;  ///< null without a table
};

/// What an architecture costs by its shapes and, where there is a latency table, by that. Throws
/// Error(config) where the table lacks a step.
Metrics all_costs(const Evaluator& evaluator, const Genotype& genotype,
                  const Architecture& architecture, const Cost& cost);

/// What the latency table says of an architecture; empty without a table.
std::function<Metrics(const Genotype&, const Architecture&)> latency_costs(
    const Evaluator& evaluator);

/// Has a fixed address: the strategy holds references into it.
struct Experiment {
  Experiment() = default;
  Experiment(const Experiment&) = delete;
  Experiment& operator=(const Experiment&) = delete;

  RunConfig config;  ///< resolved
  Evaluator evaluator;
  OptionValues strategy_options;
  std::shared_ptr<const PluginLibrary> strategy_library;
  std::shared_ptr<Strategy> strategy;
  std::vector<DerivedMetric> derived;  ///< metrics that objectives name
};

/// Of a dataset by name or folder. Known datasets are not read for it: estimators that need no
/// data need a task nevertheless. Throws Error(data).
Task task_of(const std::string& data);

/// The options of strategy, space and estimator, and of an objective that has any, defaults
/// included, checked against their tables. Those from the environment and the file may be for
/// plugins and spaces that do not take part. Throws Error(config) on an unknown owner or option,
/// with the nearest, and on bad values.
OwnedOptions resolve_options(const ExperimentRequest& request, const PluginRegistry& registry);

/// Throws what is wrong with names (config, plugin), data, options, metrics of objectives and
/// limits, a space that does not suit the task, and a precision that this machine lacks.
std::unique_ptr<Experiment> assemble_experiment(const ExperimentRequest& request,
                                                const PluginRegistry& registry);
/// The same with another seed and a strategy of its own; what does not depend on the seed is
/// shared, and used from several threads. Throws as above.
std::unique_ptr<Experiment> with_seed(const Experiment& experiment, std::uint64_t seed);
/// Likewise, without a strategy. With `final_epochs` of the request unused.
Evaluator assemble_evaluator(const RunConfig& config, const OptionValues& space_options,
                             const OptionValues& estimator_options,
                             std::shared_ptr<const PluginLibrary> estimator_library);

/// What `nas resume` assembles: everything as recorded.
ExperimentRequest recorded_request(const RunConfig& config);

/// What the search loop is to do: of `config`, with nothing left of the time limit to take off.
SearchSettings search_settings(const Experiment& experiment);
/// Whether the loop has architectures built.
bool builds_architectures(const Experiment& experiment);

/// False where equal seeds may give other trials.
bool is_repeatable(const RunConfig& config);

}  // namespace nas::cli
