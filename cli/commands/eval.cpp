#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/owned_options.hpp"
#include "cli/plugin_path.hpp"
#include "cli/progress.hpp"
#include "cli/run_request.hpp"
#include "cli/run_text.hpp"
#include "cli/signals.hpp"
#include "cli/space_choice.hpp"
#include "cli/table.hpp"
#include "core/architecture/architecture_json.hpp"
#include "core/architecture/canonical_hash.hpp"
#include "core/base/error.hpp"
#include "core/base/random.hpp"
#include "core/search/blueprint.hpp"
#include "search_spaces/registry.hpp"

namespace nas::cli {

namespace {

Evaluator evaluator_for(const Settings& settings, const RunConfig& config,
                        const PluginRegistry& registry) {
  auto library = registry.find(PluginKind::estimator, config.estimator);
  const OwnedOptions options =
      options_by_owner(settings.keyed("set"),
                       {{config.space, search_space(config.space).options},
                        {config.estimator, library->options()}},
                       registry);
  return assemble_evaluator(config, options.at(config.space), options.at(config.estimator),
                            std::move(library));
}

/// An architecture from a file is of no space: it must fit the task by itself.
void check_fits(const Architecture& architecture, const Task& task, const std::string& file) {
  const auto inputs = architecture.input_nodes();
  if (inputs.size() != 1 || architecture.shape(inputs.front()) != task.input) {
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
                                              const Arguments& arguments) {
  if (const auto text = arguments.value("genotype")) {
    return make_blueprint(*evaluator.space, genotype_of(*evaluator.space, *text));
  }
  const std::string file = *arguments.value("architecture");
  Architecture architecture = read_architecture(file);
  check_fits(architecture, evaluator.task, file);
  const Cost costs = cost(architecture);
  std::string hash = canonical_hash(architecture).text();
  return std::make_unique<const Blueprint>(
      Blueprint{{}, std::move(architecture), costs, std::move(hash)});
}

Measurement measure(const Evaluator& evaluator, const Blueprint& blueprint, std::uint64_t seed,
                    const InterruptHandler& interrupts, bool quiet) {
  ProgressLine line(ProgressLine::mode_for_stderr(quiet));
  const auto executor = make_tbb_executor(available_processors());
  const EstimateServices services{
      *executor, interrupts.token(),
      [&](double share) { line.show(fmt::format("measuring · {:.0f} %", 100 * share), false); }};
  // As the first trial of a run with this seed.
  return evaluator.estimator->estimate(blueprint.candidate(),
                                       evaluator.estimator->default_fidelity(),
                                       derive_seed(seed, "trial", 0), services);
}

/// How the command line names the architecture.
std::string selection_of(const Arguments& arguments) {
  const std::string_view name = arguments.has("genotype") ? "genotype" : "architecture";
  return fmt::format("--{} {}", name, shell_word(*arguments.value(name)));
}

void print_measurement(Format format, const Blueprint& blueprint, const Metrics& metrics) {
  Table table{{{"metric"}, {"value", Align::right}}, {}};
  nlohmann::json object = json_object("nas.measurement");
  if (!blueprint.genotype.answers.empty()) object["genotype"] = blueprint.genotype.answers;
  object["architecture"] = blueprint.hash;
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
  if (arguments.has("genotype") == arguments.has("architecture")) {
    throw Error(ErrorKind::usage,
                "'nas eval' needs either --genotype (with --space) or --architecture FILE");
  }
  const Environment environment = process_environment();
  const Settings settings(arguments, environment);
  const PluginRegistry registry(plugin_path(arguments, environment));
  RunConfig config;
  config.space = settings.text("space");
  config.estimator = settings.text("estimator");
  config.data = resolved_data(settings.text("data"));
  config.seed = static_cast<std::uint64_t>(
      settings.integer("seed", 0, std::numeric_limits<std::int64_t>::max()));
  config.latency_table = latency_table_file(settings);
  config.memory_limit = static_cast<std::size_t>(settings.bytes("memory-limit").value_or(0));
  const Evaluator evaluator = evaluator_for(settings, config, registry);
  const auto blueprint = blueprint_of(evaluator, arguments);
  Metrics costs = cost_metrics(blueprint->cost);
  if (evaluator.latency) {
    costs.merge(evaluator.latency->metrics(blueprint->architecture, selection_of(arguments)));
  }

  const InterruptHandler interrupts(InterruptHandler::Work::single);
  const Measurement measurement =
      measure(evaluator, *blueprint, config.seed, interrupts, settings.enabled("quiet"));
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
