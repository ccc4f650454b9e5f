#include <algorithm>
#include <filesystem>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/option_table.hpp"
#include "cli/plugin_path.hpp"
#include "cli/run_request.hpp"
#include "cli/space_choice.hpp"
#include "cli/space_comparison.hpp"
#include "cli/space_comparison_text.hpp"
#include "cli/space_sampling.hpp"
#include "core/base/error.hpp"
#include "core/base/output_file.hpp"
#include "core/base/text.hpp"
#include "search_spaces/registry.hpp"

namespace nas::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t default_networks = 100;
constexpr std::int64_t most_networks = 100'000;
constexpr std::int64_t most_bins = 1000;

/// What is to be judged, with whom.
struct EdfRequest {
  std::vector<SpaceReference> references;
  RunConfig config;  ///< estimator, data, seed and memory limit count
  SamplingSettings sampling;
  ComparisonSettings comparison;
  std::optional<OutputFile> picture;
  bool measures = true;  ///< costs are known without the estimator
};

/// Checked before hours go into what cannot be written.
std::optional<OutputFile> picture_of(const Arguments& arguments) {
  const auto file = arguments.value("output");
  if (!file) {
    if (arguments.has("force")) throw Error(ErrorKind::usage, "--force goes with --output");
    return std::nullopt;
  }
  if (fs::path(*file).extension() != ".svg") {
    throw Error(
        ErrorKind::usage,
        fmt::format("--output '{}': the picture is an SVG; its name must end in '.svg'", *file));
  }
  return OutputFile(
      *file, arguments.has("force") ? OutputFile::Existing::replace : OutputFile::Existing::keep);
}

EdfRequest request_of(const Arguments& arguments, const Settings& settings) {
  EdfRequest request;
  for (const std::string& text : arguments.positional) {
    request.references.push_back(parse_space_reference(text));
  }
  if (request.references.empty()) {
    throw Error(ErrorKind::usage,
                "'nas space edf' needs at least one space; 'nas space list' lists them");
  }
  RunConfig& config = request.config;
  config.space = request.references.front().name;
  config.estimator = settings.text("estimator");
  config.data = resolved_data(settings.text("data"));
  config.seed = settings.natural("seed");
  config.memory_limit = static_cast<std::size_t>(settings.bytes("memory-limit").value_or(0));
  config.objectives = given_objectives(settings);
  if (config.objectives.size() > 1) {
    throw Error(ErrorKind::usage, "'nas space edf' compares by one --objective");
  }
  request.sampling.networks =
      static_cast<std::size_t>(whole_number(arguments, "count", default_networks, most_networks));
  request.sampling.seed = config.seed;
  request.sampling.limits = given_limits(settings);
  request.comparison.by = arguments.value("by").value_or("");
  const std::int64_t bins = *parse_integer(option_row("bins").default_value);
  request.comparison.bins =
      static_cast<std::size_t>(whole_number(arguments, "bins", bins, most_bins));
  request.comparison.decisions = arguments.values("decision");
  request.comparison.seed = config.seed;
  request.picture = picture_of(arguments);
  return request;
}

void check_known(const std::string& metric, const char* use, std::vector<std::string> known) {
  if (std::ranges::find(known, metric) != known.end()) return;
  throw Error(ErrorKind::config,
              fmt::format("unknown metric '{}' as {}{}", metric, use, suggestion(metric, known)));
}

/// The objective is the estimator's first, if none is given.
void resolve_metrics(EdfRequest& request, const Estimator& estimator) {
  std::vector<std::string> measured = estimator.metrics();
  request.comparison.objective = request.config.objectives.empty()
                                     ? parse_objective(measured.front())
                                     : request.config.objectives.front();
  const std::vector<std::string>& costs = cost_metric_names();
  measured.insert(measured.end(), costs.begin(), costs.end());
  check_known(request.comparison.objective.metric, "objective", measured);
  for (const Limit& limit : request.sampling.limits) check_known(limit.metric, "limit", costs);
  if (!request.comparison.by.empty()) check_known(request.comparison.by, "complexity", costs);
  request.sampling.objective = request.comparison.objective.metric;
  request.measures = std::ranges::find(costs, request.sampling.objective) == costs.end();
}

/// One estimator for all spaces, with the spaces, nothing drawn yet.
Evaluator assemble(const EdfRequest& request, const Arguments& arguments, const Settings& settings,
                   std::vector<SpaceSample>& samples) {
  const PluginRegistry registry(plugin_path(arguments, process_environment()));
  auto library = registry.find(PluginKind::estimator, request.config.estimator);
  OptionOwners owners = {{request.config.estimator, library->options()}};
  for (const SpaceReference& reference : request.references) {
    owners.emplace(reference.name, search_space(reference.name).options);
  }
  Evaluator evaluator;
  for (const SpaceReference& reference : request.references) {
    Settings::Keyed given = settings.keyed("set");
    for (const auto& [key, setting] : reference.options) given.insert_or_assign(key, setting);
    const OwnedOptions options = options_by_owner(given, owners, registry);
    if (samples.empty()) {
      evaluator = assemble_evaluator(request.config, options.at(reference.name),
                                     options.at(request.config.estimator), library);
      samples.push_back({reference.label, std::move(evaluator.space), {}});
    } else {
      samples.push_back(
          {reference.label,
           search_space(reference.name).make(evaluator.task, options.at(reference.name)),
           {}});
    }
  }
  return evaluator;
}

void print_comparison(const EdfRequest& request, const SpaceComparison& comparison,
                      const std::vector<SpaceSample>& samples, Format format) {
  if (format == Format::json) {
    nlohmann::json object = to_json(comparison, samples);
    object["estimator"] = request.measures ? nlohmann::json(request.config.estimator) : nullptr;
    object["data"] = request.config.data;
    object["seed"] = request.config.seed;
    print(object);
    return;
  }
  if (format == Format::csv) {
    fmt::print("{}", to_csv(network_table(comparison, samples)));
    return;
  }
  const std::size_t width = terminal_width(STDOUT_FILENO);
  const std::string source = request.measures
                                 ? fmt::format("by the estimator '{}'", request.config.estimator)
                                 : "without an estimator";
  fmt::print("Error: {}, {}; {} networks of each space, seed {}\n\n{}", comparison.measure.name(),
             source, request.sampling.networks, request.config.seed,
             to_text(error_table(comparison), width));
  if (!comparison.pairs.empty()) {
    fmt::print(
        "\nKolmogorov and Smirnov's test: p is how likely two samples of one space differ so "
        "much\n{}",
        to_text(pair_table(comparison), width));
  }
  if (!comparison.trends.empty()) {
    fmt::print("\nThe best of a quarter of the networks, drawn 10,000 times\n{}",
               to_text(trend_table(comparison), width));
  }
}

std::size_t failures(const SpaceComparison& comparison) {
  std::size_t failed = 0;
  for (const SpaceErrors& space : comparison.spaces) failed += space.failed;
  return failed;
}

}  // namespace

int space_edf_command(const Arguments& arguments) {
  const Format format = output_format(arguments);
  const Settings settings(arguments, process_environment());
  EdfRequest request = request_of(arguments, settings);
  std::vector<SpaceSample> samples;
  const Evaluator evaluator = assemble(request, arguments, settings, samples);
  resolve_metrics(request, *evaluator.estimator);
  for (SpaceSample& sample : samples) draw_networks(sample, request.sampling);
  check_comparable(samples, request.comparison);

  const InterruptHandler interrupts(InterruptHandler::Work::single);
  ProgressLine line(ProgressLine::mode_for_stderr(settings.enabled("quiet")));
  const auto executor = make_tbb_executor(requested_jobs(settings));
  if (request.measures) {
    for (const std::string& warning : evaluator.estimator->warnings()) warn(warning);
    if (!estimate_networks(samples, *evaluator.estimator, request.sampling, *executor,
                           interrupts.token(), line)) {
      return interrupts.exit_code();
    }
  }
  const SpaceComparison comparison = compare_spaces(samples, request.comparison);
  if (request.picture) request.picture->write(error_plot(comparison));
  print_comparison(request, comparison, samples, format);
  if (const std::size_t failed = failures(comparison); failed > 0) {
    warn(fmt::format("{} could not be measured, and {} left out; --json says why",
                     counted(static_cast<double>(failed), "network"), failed == 1 ? "is" : "are"));
    return exit_code::trials_failed;
  }
  return exit_code::ok;
}

}  // namespace nas::cli
