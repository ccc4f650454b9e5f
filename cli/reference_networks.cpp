#include "cli/reference_networks.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/environment.hpp"
#include "cli/experiment.hpp"
#include "cli/final_stage.hpp"
#include "cli/owned_options.hpp"
#include "cli/progress.hpp"
#include "cli/reference_cache.hpp"
#include "cli/run_text.hpp"
#include "core/base/error.hpp"
#include "core/base/random.hpp"
#include "core/base/text.hpp"
#include "core/search/blueprint.hpp"
#include "search_spaces/registry.hpp"

namespace nas::cli {

namespace {

Evaluator evaluator_of(const ReportRun& run, const ReferenceRequest& request) {
  const RunConfig& config = run.course.config;
  const PluginRegistry registry(request.plugin_path);
  auto library = registry.find(PluginKind::estimator, config.estimator);
  Settings::Keyed options = recorded_request(config).options;
  std::erase_if(options, [&](const auto& option) {
    const std::string owner = option.first.substr(0, option.first.find('.'));
    return owner != config.space && owner != config.estimator;
  });
  const OwnedOptions owned = options_by_owner(
      options,
      {{config.space, search_space(config.space).options}, {config.estimator, library->options()}},
      registry);
  return assemble_evaluator(config, owned.at(config.space), owned.at(config.estimator),
                            std::move(library));
}

void check_trains(const Evaluator& evaluator, const RunConfig& config) {
  if (evaluator.estimator->default_final_epochs() > 0) return;
  throw Error(ErrorKind::config,
              fmt::format("--reference: the runs measured with the estimator '{}', which trains "
                          "nothing; designed networks can be trained as runs with 'train' did",
                          config.estimator));
}

void check_same_data(const Evaluator& evaluator, const ReportRun& run) {
  const nlohmann::json::json_pointer hash("/data/hash");
  if (!evaluator.dataset || !run.environment.contains(hash)) return;
  if (run.environment.at(hash) == evaluator.dataset->hash.text()) return;
  throw Error(ErrorKind::data,
              fmt::format("--reference: '{}' is not what the runs were trained on: its hash is "
                          "'{}', that of the runs '{}'",
                          run.course.config.data, evaluator.dataset->hash.text(),
                          run.environment.at(hash).get<std::string>()));
}

/// Everything that the outcome depends on.
nlohmann::json recipe_of(const RunConfig& config, const Evaluator& evaluator,
                         const std::string& architecture_hash) {
  const nlohmann::json machine = machine_environment();
  return {{"architecture", architecture_hash},
          {"data", evaluator.dataset ? evaluator.dataset->hash.text() : ""},
          {"estimator", config.estimator},
          {"estimator_version", evaluator.estimator_library->version()},
          {"options", config.options.at(config.estimator)},
          {"precision", precision_name(config.precision)},
          {"memory_limit", config.memory_limit},
          {"seed", std::to_string(config.seed)},
          {"final_epochs", config.final_epochs},
          {"final_shards", config.final_shards},
          {"with_validation_part", with_validation_part(config)},
          {"instruction_set", machine.at("instruction_set")},
          {"engine", machine.at("engine")},
          {"program", machine.at("program")}};
}

std::string recipe_text(const RunConfig& config, const Evaluator& evaluator) {
  std::string text = fmt::format(
      "Trained by the recipe of the runs: on {} by the estimator {} with their options, "
      "seed {}, for {} as a trial",
      config.data, config.estimator, config.seed,
      counted(evaluator.estimator->default_fidelity().epochs, "epoch"));
  if (config.final_epochs > 0) {
    text += fmt::format(", and for {} to the end", counted(config.final_epochs, "epoch"));
  }
  return text + ". One training each; differences smaller than those between seeds say nothing.";
}

/// One network at a time, with what both of its trainings need.
class Trainer {
 public:
  Trainer(const Evaluator& evaluator, const RunConfig& config, const CancelToken& cancel,
          bool quiet)
      : evaluator_(evaluator),
        config_(config),
        cancel_(cancel),
        quiet_(quiet),
        line_(ProgressLine::mode_for_stderr(quiet)),
        executor_(make_tbb_executor(available_processors())) {}

  /// Nothing: cancelled.
  std::optional<ReportNetwork> train(const std::string& name, const Blueprint& blueprint,
                                     const std::string& place) {
    ReportNetwork network{.name = name, .description = {}, .metrics = {}, .failure = {}};
    const std::string what = fmt::format("training {} ({})", name, place);
    const std::uint64_t seed = derive_seed(config_.seed, "reference", 0);
    const Measurement trial = evaluator_.estimator->estimate(
        blueprint.candidate(), evaluator_.estimator->default_fidelity(), seed,
        services(what + " as a trial"));
    if (!take(network, trial)) return std::nullopt;
    if (!network.failure.empty() || config_.final_epochs <= 0) return network;
    const auto trained = evaluator_.estimator->train_final(
        blueprint.candidate(),
        {config_.final_epochs, final_training_seed(config_.seed, 0, 0), config_.final_shards,
         with_validation_part(config_)},
        services(what + " to the end"));
    // The final training's own validation would take the place of the trial's.
    Measurement final = trained->training();
    final.metrics.clear();
    if (!take(network, final)) return std::nullopt;
    if (network.failure.empty()) network.metrics.merge(trained->test());
    return network;
  }

  /// On stderr: what came of a network, and how.
  void tell(const ReportNetwork& network, const char* how) {
    line_.clear();
    if (quiet_ || !network.failure.empty()) return;
    std::string text = fmt::format("{} {}", network.name, how);
    for (const char* metric : {"val_accuracy", "test_accuracy"}) {
      const auto value = network.metrics.find(metric);
      if (value == network.metrics.end()) continue;
      text += fmt::format(", {} {}", metric, metric_text(metric, value->second));
    }
    note(text);
  }

 private:
  static bool take(ReportNetwork& network, const Measurement& measurement) {
    if (measurement.status == Measurement::Status::cancelled) return false;
    if (measurement.status == Measurement::Status::failed) network.failure = measurement.reason;
    Metrics metrics = measurement.metrics;
    network.metrics.merge(metrics);
    return true;
  }

  /// A line at the beginning and at every tenth; on a terminal whenever there is news.
  EstimateServices services(const std::string& what) {
    const auto tenth = std::make_shared<std::atomic<int>>(0);
    line_.show(what, true);
    const auto start = std::chrono::steady_clock::now();
    return {*executor_, cancel_, [this, what, tenth, start](double share) {
              const std::chrono::duration<double> elapsed =
                  std::chrono::steady_clock::now() - start;
              // What comes before the first hundredth is too little to go by.
              const auto left = share < 0.01 ? std::nullopt
                                             : std::optional(elapsed.count() * (1 - share) / share);
              const int now = static_cast<int>(10 * share);
              line_.show(fmt::format("{} · {:.0f} %{}", what, 100 * share, eta_text(left)),
                         now > tenth->exchange(now));
            }};
  }

  const Evaluator& evaluator_;
  const RunConfig& config_;
  const CancelToken& cancel_;
  const bool quiet_;
  ProgressLine line_;
  const std::unique_ptr<Executor> executor_;
};

/// For the images and classes of the runs. Throws Error(config) where that cannot be.
std::unique_ptr<const Blueprint> blueprint_of_network(const std::string& name, const Task& task) {
  try {
    Architecture architecture = named_architecture(name).build(task);
    if (architecture.shape(architecture.outputs().front()) != Shape{task.classes, 1, 1}) {
      throw Error(ErrorKind::config, "it is no classifier of images");
    }
    const Cost costs = cost(architecture);
    return make_blueprint({}, std::move(architecture), costs);
  } catch (const Error& error) {
    throw Error(ErrorKind::config,
                fmt::format("--reference: '{}' cannot be had for images of {}: {}", name,
                            task.input.text(), error.what()));
  }
}

}  // namespace

std::vector<std::string> reference_names(const std::vector<std::string>& values) {
  std::vector<std::string> names;
  for (const std::string& value : values) {
    std::size_t begin = 0;
    while (begin <= value.size()) {
      const std::size_t end = std::min(value.find(',', begin), value.size());
      const std::string name = value.substr(begin, end - begin);
      named_architecture(name);  // throws where there is none
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
      begin = end + 1;
    }
  }
  return names;
}

ReferenceOutcome reference_networks(const ReferenceRequest& request, const ReportRun& run,
                                    const CancelToken& cancel) {
  const RunConfig& config = run.course.config;
  const ReferenceCache cache(request.cache);
  const Evaluator evaluator = evaluator_of(run, request);
  check_trains(evaluator, config);
  check_same_data(evaluator, run);
  ReferenceOutcome outcome{.networks = {}, .recipe = recipe_text(config, evaluator)};
  std::vector<std::unique_ptr<const Blueprint>> blueprints;  // all, before the first is trained
  for (const std::string& name : request.names) {
    blueprints.push_back(blueprint_of_network(name, evaluator.task));
  }
  Trainer trainer(evaluator, config, cancel, request.quiet);
  for (std::size_t i = 0; i < request.names.size(); ++i) {
    const std::string& name = request.names[i];
    const auto& blueprint = blueprints[i];
    const nlohmann::json recipe = recipe_of(config, evaluator, blueprint->hash);
    std::optional<ReportNetwork> network = cache.find(name, recipe);
    if (network) {
      trainer.tell(*network, "was trained for an earlier report");
    } else {
      network =
          trainer.train(name, *blueprint, fmt::format("{} of {}", i + 1, request.names.size()));
      if (!network) {
        outcome.cancelled = true;
        return outcome;
      }
      cache.add(*network, recipe);
      trainer.tell(*network, "is trained");
    }
    network->description = named_architecture(name).description;
    Metrics costs = cost_metrics(blueprint->cost);
    if (evaluator.latency) {
      costs.merge(evaluator.latency->metrics(blueprint->architecture, "--named " + name));
    }
    network->metrics.merge(costs);
    outcome.networks.push_back(std::move(*network));
  }
  return outcome;
}

}  // namespace nas::cli
