#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/best_files.hpp"
#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/final_stage.hpp"
#include "cli/owned_options.hpp"
#include "cli/plugin_path.hpp"
#include "cli/progress.hpp"
#include "cli/run_lookup.hpp"
#include "cli/run_request.hpp"
#include "cli/run_text.hpp"
#include "cli/signals.hpp"
#include "cli/space_choice.hpp"
#include "cli/space_file.hpp"
#include "cli/table.hpp"
#include "core/architecture/architecture_json.hpp"
#include "core/architecture/canonical_hash.hpp"
#include "core/base/error.hpp"
#include "core/base/output_file.hpp"
#include "core/base/random.hpp"
#include "core/base/text.hpp"
#include "core/search/blueprint.hpp"
#include "search_spaces/registry.hpp"

namespace nas::cli {

namespace fs = std::filesystem;

namespace {

/// What is measured, and how.
struct EvalRequest {
  RunConfig config;         ///< space, estimator, data, seed, precision and memory limit count
  Settings::Keyed options;  ///< by "owner.option"
  std::vector<fs::path> plugin_path;
  std::optional<Genotype> genotype;         ///< nothing: an architecture from a file
  std::optional<std::uint64_t> trial_seed;  ///< nothing: as the first trial of a run
  std::optional<Fidelity> fidelity;         ///< nothing: the estimator's default
  std::int64_t trial = 0;                   ///< whose final training is meant
};

EvalRequest given_request(const Settings& settings) {
  EvalRequest request;
  request.config.estimator = settings.text("estimator");
  request.config.data = resolved_data(settings.text("data"));
  request.config.seed = settings.natural("seed");
  request.config.latency_table = latency_table_file(settings);
  request.config.memory_limit =
      static_cast<std::size_t>(settings.bytes("memory-limit").value_or(0));
  request.config.precision = requested_precision(settings);
  request.config.final_epochs = requested_final_epochs(settings).value_or(0);
  request.config.final_shards = requested_final_shards(settings);
  request.options = settings.keyed("set");
  request.config.space = registered_space(settings.setting("space"), request.options);
  resolve_tables(request.config.estimator, request.options);
  return request;
}

const Trial& wanted_trial(const RunSummary& summary, const Arguments& arguments) {
  if (arguments.positional.size() > 1) {
    const std::string& text = arguments.positional[1];
    const auto id = parse_integer(text);
    if (!id) {
      throw Error(ErrorKind::usage,
                  fmt::format("trial '{}': must be a whole number, the id of a trial", text));
    }
    return summary.trial(*id);
  }
  if (!summary.best) {
    throw Error(ErrorKind::usage, fmt::format("'{}' has no best architecture yet; name a trial",
                                              summary.path.string()));
  }
  return summary.trial(*summary.best);
}

/// As recorded, so that the same comes out, but for what flags say. The environment and the
/// configuration file have had their say when the run started.
EvalRequest recorded_request(const RunDirectory& run, const Arguments& arguments,
                             const Settings& settings, const Environment& environment) {
  const RunSummary summary = summarise(run);
  const Trial* trial = &wanted_trial(summary, arguments);
  if (trial->reused_from) trial = &summary.trial(*trial->reused_from);
  EvalRequest request = given_request(settings);
  const RunConfig given = std::exchange(request.config, run.config());
  if (arguments.has("estimator")) request.config.estimator = given.estimator;
  if (arguments.has("data")) request.config.data = given.data;
  if (arguments.has("seed")) request.config.seed = given.seed;
  if (!given.latency_table.empty()) request.config.latency_table = given.latency_table;
  if (arguments.has("memory-limit")) request.config.memory_limit = given.memory_limit;
  if (arguments.has("precision")) request.config.precision = given.precision;
  std::erase_if(request.options,
                [](const auto& option) { return option.second.origin != Origin::flag; });
  for (auto& [key, setting] : cli::recorded_request(run.config()).options) {
    const std::string owner = key.substr(0, key.find('.'));
    const bool takes_part = owner == request.config.space || owner == request.config.estimator;
    if (takes_part) request.options.emplace(key, setting);
  }
  request.plugin_path = plugin_path_of(run, arguments, environment);
  request.genotype = trial->genotype;
  if (!arguments.has("seed")) request.trial_seed = trial->seed;
  if (!arguments.has("estimator") && !arguments.has("set")) request.fidelity = trial->fidelity;
  request.trial = trial->id;
  if (arguments.has("final-epochs")) request.config.final_epochs = given.final_epochs;
  if (arguments.has("final-shards")) request.config.final_shards = given.final_shards;
  return request;
}

EvalRequest request_of(const Arguments& arguments, const Environment& environment) {
  const Settings settings(arguments, environment);
  const bool of_run = !arguments.positional.empty();
  const auto ways =
      int{of_run} + int{arguments.has("genotype")} + int{arguments.has("architecture")};
  if (ways != 1) {
    throw Error(ErrorKind::usage,
                "'nas eval' needs one of RUN, --genotype (with --space) and --architecture");
  }
  if (!of_run) {
    EvalRequest request = given_request(settings);
    request.plugin_path = plugin_path(arguments, environment);
    return request;
  }
  if (arguments.has("space")) {
    throw Error(ErrorKind::usage,
                "'nas eval RUN' measures in the run's own space, without --space");
  }
  return recorded_request(open_run(arguments.positional.front(), RunDirectory::Access::read),
                          arguments, settings, environment);
}

Evaluator evaluator_for(const EvalRequest& request) {
  const RunConfig& config = request.config;
  const PluginRegistry registry(request.plugin_path);
  auto library = registry.find(PluginKind::estimator, config.estimator);
  const OwnedOptions options = options_by_owner(
      request.options,
      {{config.space, search_space(config.space).options}, {config.estimator, library->options()}},
      registry);
  return assemble_evaluator(config, options.at(config.space), options.at(config.estimator),
                            std::move(library));
}

/// An architecture from a file is of no space: it must fit the task by itself.
void check_fits(const Architecture& architecture, const Task& task, const std::string& file) {
  const auto inputs = architecture.input_nodes();
  // Estimators resize images.
  if (inputs.size() != 1 || architecture.shape(inputs.front()).channels != task.input.channels) {
    throw Error(ErrorKind::space,
                fmt::format("architecture '{}' reads '{}', and the data have samples of '{}'", file,
                            inputs.size() == 1 ? architecture.shape(inputs.front()).text()
                                               : fmt::format("{} inputs", inputs.size()),
                            task.input.text()));
  }
  const Shape wanted{task.classes, 1, 1};
  const auto& outputs = architecture.outputs();
  if (outputs.size() != 1 || architecture.shape(outputs.front()) != wanted) {
    throw Error(ErrorKind::space,
                fmt::format("architecture '{}' gives '{}', and the data have {} classes", file,
                            outputs.size() == 1 ? architecture.shape(outputs.front()).text()
                                                : fmt::format("{} outputs", outputs.size()),
                            task.classes));
  }
}

std::unique_ptr<const Blueprint> blueprint_of(const Evaluator& evaluator,
                                              const EvalRequest& request,
                                              const Arguments& arguments) {
  const SearchSpace& space = *evaluator.space;
  std::optional<Genotype> genotype = request.genotype;
  if (const auto text = arguments.value("genotype")) genotype = genotype_of(space, *text);
  if (genotype) {
    return space.has_architectures() ? make_blueprint(space, *genotype) : bare_blueprint(*genotype);
  }
  const fs::path file = architecture_file(*arguments.value("architecture"));
  Architecture architecture = read_architecture(file);
  check_fits(architecture, evaluator.task, file.string());
  const Cost costs = cost(architecture);
  std::string hash = canonical_hash(architecture).text();
  return std::make_unique<const Blueprint>(
      Blueprint{{}, std::move(architecture), costs, std::move(hash)});
}

Measurement measure(const Evaluator& evaluator, const Blueprint& blueprint,
                    const EvalRequest& request, const InterruptHandler& interrupts, bool quiet) {
  ProgressLine line(ProgressLine::mode_for_stderr(quiet));
  const auto executor = make_tbb_executor(available_processors());
  const auto show = [&](double share) {
    line.show(fmt::format("measuring · {:.0f} %", 100 * share), false);
  };
  const EstimateServices services{*executor, interrupts.token(), show};
  show(0);
  return evaluator.estimator->estimate(
      blueprint.candidate(), request.fidelity.value_or(evaluator.estimator->default_fidelity()),
      request.trial_seed.value_or(derive_seed(request.config.seed, "trial", 0)), services);
}

/// As the winner of a run is trained and tested; its weights are kept where that is asked for.
Measurement measure_finally(const Evaluator& evaluator, const Blueprint& blueprint,
                            const EvalRequest& request, const InterruptHandler& interrupts,
                            const std::optional<OutputFile>& weights, bool quiet) {
  const RunConfig& config = request.config;
  const double epochs =
      config.final_epochs > 0 ? config.final_epochs : evaluator.estimator->default_final_epochs();
  ProgressLine line(ProgressLine::mode_for_stderr(quiet));
  const auto executor = make_tbb_executor(available_processors());
  const auto network = evaluator.estimator->train_final(
      blueprint.candidate(),
      {epochs, final_training_seed(config.seed, request.trial, 0), config.final_shards,
       with_validation_part(config)},
      {*executor, interrupts.token(),
       [&](double share) { line.show(fmt::format("training · {:.0f} %", 100 * share), false); }});
  Measurement measurement = network->training();
  if (measurement.status != Measurement::Status::ok) return measurement;
  measurement.metrics.merge(network->test());
  measurement.metrics["epochs"] = epochs;
  if (weights) weights->write_by([&](const fs::path& file) { network->save_weights(file); });
  return measurement;
}

/// That of --save-weights, checked before the training. Throws Error(usage) or Error(io).
std::optional<OutputFile> weights_output(const Arguments& arguments) {
  for (const char* option : {"save-weights", "final-epochs", "final-shards"}) {
    if (arguments.has(option) && !arguments.has("final")) {
      throw Error(ErrorKind::usage, fmt::format("--{} goes with --final", option));
    }
  }
  const auto file = arguments.value("save-weights");
  if (arguments.has("force") && !file) {
    throw Error(ErrorKind::usage, "--force goes with --save-weights");
  }
  if (!file) return std::nullopt;
  return OutputFile(
      *file, arguments.has("force") ? OutputFile::Existing::replace : OutputFile::Existing::keep);
}

/// How the command line names the architecture.
std::string selected(const EvalRequest& request, const Arguments& arguments) {
  if (request.genotype) return selection_of(*request.genotype);
  const std::string_view name = arguments.has("genotype") ? "genotype" : "architecture";
  return fmt::format("--{} {}", name, shell_word(*arguments.value(name)));
}

void print_measurement(Format format, const Blueprint& blueprint, const Metrics& metrics) {
  Table table{{{"metric"}, {"value", Align::right}}, {}};
  nlohmann::json object = json_object("nas.measurement");
  if (!blueprint.genotype.answers.empty()) object["genotype"] = blueprint.genotype.answers;
  if (!blueprint.hash.empty()) object["architecture"] = blueprint.hash;
  for (const auto& [metric, value] : metrics) {
    table.rows.push_back(
        {metric, format == Format::text ? metric_text(metric, value) : fmt::format("{}", value)});
    object["metrics"][metric] = value;
  }
  print(format, table, object);
}

}  // namespace

int eval_command(const Arguments& arguments) {
  const Format format = output_format(arguments);
  const Environment environment = process_environment();
  const bool quiet = Settings(arguments, environment).enabled("quiet");
  const std::optional<OutputFile> weights = weights_output(arguments);
  const EvalRequest request = request_of(arguments, environment);
  if (arguments.has("final-epochs") && request.config.final_epochs == 0) {
    throw Error(ErrorKind::usage, "--final-epochs '0': a final training takes more than none");
  }
  const Evaluator evaluator = evaluator_for(request);
  const bool finally = arguments.has("final");
  if (!finally) {
    for (const std::string& warning : evaluator.estimator->warnings()) warn(warning);
  }
  const auto blueprint = blueprint_of(evaluator, request, arguments);
  const bool is_built = !blueprint->hash.empty();
  Metrics costs = is_built ? cost_metrics(blueprint->cost) : Metrics{};
  if (is_built && evaluator.latency) {
    costs.merge(evaluator.latency->metrics(blueprint->architecture, selected(request, arguments)));
  }

  const InterruptHandler interrupts(InterruptHandler::Work::single);
  const Measurement measurement =
      finally ? measure_finally(evaluator, *blueprint, request, interrupts, weights, quiet)
              : measure(evaluator, *blueprint, request, interrupts, quiet);
  if (measurement.status == Measurement::Status::cancelled) return interrupts.exit_code();
  if (measurement.status == Measurement::Status::failed) {
    report_error(fmt::format("measuring failed: {}", measurement.reason));
    return exit_code::trials_failed;
  }
  Metrics metrics = measurement.metrics;
  metrics.merge(std::move(costs));
  print_measurement(format, *blueprint, metrics);
  return exit_code::ok;
}

}  // namespace nas::cli
