#include "cli/export_source.hpp"

#include <fmt/format.h>

#include "cli/best_files.hpp"
#include "cli/run_lookup.hpp"
#include "cli/settings.hpp"
#include "cli/space_choice.hpp"
#include "cli/task_text.hpp"
#include "core/architecture/architecture_json.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "search_spaces/registry.hpp"

namespace nas::cli {

namespace fs = std::filesystem;

namespace {

const Trial& exported_trial(const RunSummary& summary, const Arguments& arguments) {
  if (const auto text = arguments.value("trial")) {
    const auto id = parse_integer(*text);
    if (!id) {
      throw Error(ErrorKind::usage,
                  fmt::format("--trial '{}': must be a whole number, the id of a trial", *text));
    }
    return summary.trial(*id);
  }
  if (!summary.best) {
    throw Error(ErrorKind::usage, fmt::format("'{}' has no best architecture yet; name one with "
                                              "--trial",
                                              summary.path.string()));
  }
  return summary.trial(*summary.best);
}

/// Whether the network that was trained at the end is the trial's.
bool is_final(const RunSummary& summary, const Trial& trial) {
  if (!summary.final) return false;
  const Trial& trained = summary.trial(summary.final->trial);
  return trial.id == trained.id || trial.genotype == trained.genotype;
}

/// Why a trial has no weights, and how to get some.
std::string lack_of_weights(const RunSummary& summary, const Trial& trial) {
  const std::string run = shell_word(summary.path);
  const std::string why =
      summary.final ? fmt::format("only the network of trial {} was trained to the end and kept",
                                  summary.final->trial)
                    : "no network has been trained to the end and kept";
  return fmt::format(
      "trial {} of '{}' has no weights: {}. Train it with 'nas eval {} {} --final --save-weights "
      "trial{}.safetensors', and export with --weights trial{}.safetensors; or take "
      "--initial-weights, which are not trained",
      trial.id, summary.path.string(), why, run, trial.id, trial.id, trial.id);
}

ExportSource of_run(const Arguments& arguments) {
  const RunDirectory run = open_run(arguments.positional.front(), RunDirectory::Access::read);
  const RunSummary summary = summarise(run);
  const Trial& trial = exported_trial(summary, arguments);
  const std::string title = fmt::format("trial {} of {}", trial.id, summary.path.string());
  const auto space = recorded_space(summary.config, summary.environment);
  if (!space->has_architectures()) {
    throw Error(ErrorKind::space, fmt::format("{}: the space '{}' has no architectures", title,
                                              summary.config.space));
  }
  const bool has_weights = is_final(summary, trial);
  // The file that was written with the weights.
  ExportSource source{.title = title,
                      .architecture = has_weights ? read_architecture(architecture_file(run.path()))
                                                  : space->build(trial.genotype)};
  const fs::path path = fs::absolute(summary.path).lexically_normal();
  const std::string folder = (path.has_filename() ? path : path.parent_path()).filename().string();
  source.name = fmt::format("trial {} of {}", trial.id, folder);
  source.origin = {{"run", folder},
                   {"trial", trial.id},
                   {"space", summary.config.space},
                   {"genotype", trial.genotype.answers},
                   {"precision", precision_name(summary.config.precision)}};
  if (has_weights) {
    source.metrics = summary.final->mean;
    source.weights = weights_file(run.best());
  } else {
    source.lack = lack_of_weights(summary, trial);
  }
  return source;
}

ExportSource of_file(const fs::path& given) {
  const fs::path file = architecture_file(given);
  ExportSource source{.title = file.string(), .architecture = read_architecture(file)};
  source.name = file.filename().string();
  source.origin["file"] = source.name;
  if (file != given && fs::exists(weights_file(file.parent_path()))) {
    source.weights = weights_file(file.parent_path());
  }
  source.lack = fmt::format(
      "'{}' is an architecture without weights; name a file of them with "
      "--weights, or take --initial-weights, which are not trained",
      file.string());
  return source;
}

ExportSource of_space(const Arguments& arguments) {
  const std::string name = Settings(arguments, process_environment()).text("space");
  ExportSource source;
  source.origin["space"] = name;
  if (const auto wanted = arguments.value("named")) {
    const NamedArchitecture& named = named_architecture(search_space(name), *wanted);
    const Task task =
        parse_task(arguments.value("input").value_or(named.task.input.text()),
                   arguments.value("classes").value_or(std::to_string(named.task.classes)));
    source.title = named.name;
    source.origin["named"] = named.name;
    source.architecture = named.build(task);
  } else {
    const auto space = chosen_space(name, arguments);
    const Genotype genotype = genotype_of(*space, *arguments.value("genotype"));
    source.title = fmt::format("genotype {} of {}", genotype.text(), name);
    source.origin["genotype"] = genotype.answers;
    source.architecture = space->build(genotype);
  }
  source.name = source.title;
  source.lack = fmt::format(
      "{} has no weights; name a file of them with --weights, or take "
      "--initial-weights, which are not trained",
      source.title);
  return source;
}

void check_ways(const Arguments& arguments) {
  const int ways = int{!arguments.positional.empty()} + int{arguments.has("architecture")} +
                   int{arguments.has("genotype")} + int{arguments.has("named")};
  if (ways != 1) {
    throw Error(ErrorKind::usage,
                "'nas export' needs either RUN, or --architecture, or --space with --genotype or "
                "--named");
  }
  if (arguments.has("trial") && arguments.positional.empty()) {
    throw Error(ErrorKind::usage, "--trial needs a RUN");
  }
  const bool of_space = arguments.has("genotype") || arguments.has("named");
  for (const char* option : {"space", "input", "classes", "set"}) {
    if (arguments.has(option) && !of_space) {
      throw Error(ErrorKind::usage,
                  fmt::format("--{} goes with --genotype or --named alone", option));
    }
  }
}

}  // namespace

ExportSource export_source(const Arguments& arguments) {
  check_ways(arguments);
  if (!arguments.positional.empty()) return of_run(arguments);
  if (const auto file = arguments.value("architecture")) return of_file(*file);
  return of_space(arguments);
}

RunSummary exported_run(const Arguments& arguments) {
  check_ways(arguments);
  if (arguments.positional.empty() || arguments.has("trial")) {
    throw Error(ErrorKind::usage,
                "--format csv is the table of all trials of a RUN; it takes that "
                "alone");
  }
  return summarise(open_run(arguments.positional.front(), RunDirectory::Access::read));
}

}  // namespace nas::cli
