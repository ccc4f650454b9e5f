#include <filesystem>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/architecture_text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/run_lookup.hpp"
#include "cli/run_text.hpp"
#include "cli/space_choice.hpp"
#include "core/architecture/architecture_json.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace nas::cli {

namespace {

int show_run(const RunSummary& summary, Format format) {
  if (format == Format::text) {
    const std::size_t width = terminal_width(STDOUT_FILENO);
    fmt::print("{}\n{}", summary_text(summary, width),
               to_text(trial_table(summary, format), width));
  } else {
    print(format, trial_table(summary, format), to_json(summary));
  }
  return exit_code::ok;
}

std::string fidelity_text(const Fidelity& fidelity) {
  std::string text = fmt::format("{}, {:.3g} % of the data", counted(fidelity.epochs, "epoch"),
                                 100 * fidelity.data_share);
  if (fidelity.resolution != 1) {
    text += fmt::format(", {:.3g} % of the resolution", 100 * fidelity.resolution);
  }
  return text;
}

std::string trial_text(const RunSummary& summary, const Trial& trial, std::size_t width) {
  std::string text =
      fmt::format("Trial {} of {}: {}\n", trial.id, summary.path.string(), to_string(trial.status));
  const auto add = [&](std::string_view label, const std::string& value) {
    text += hanging(fmt::format("  {:<15} ", label), value, width) + '\n';
  };
  if (!trial.reason.empty()) add("reason", trial.reason);
  if (trial.reused_from) add("reused from", fmt::format("trial {}", *trial.reused_from));
  if (trial.parent) add("continues", fmt::format("trial {}", *trial.parent));
  add("genotype", trial.genotype.text());
  add("fidelity", fidelity_text(trial.fidelity));
  add("seed", std::to_string(trial.seed));
  for (const auto& [metric, value] : trial.metrics) add(metric, metric_text(metric, value));
  add("time", human_seconds(trial.seconds));
  return text;
}

int show_trial(const RunSummary& summary, const std::string& id_text, Format format) {
  const auto id = parse_integer(id_text);
  if (!id) {
    throw Error(ErrorKind::usage,
                fmt::format("trial '{}': must be a whole number, the id of a trial", id_text));
  }
  const Trial& trial = summary.trial(*id);
  const auto space = recorded_space(summary.config, summary.environment);
  const bool has_layers = space->has_architectures();
  const Architecture architecture = has_layers ? space->build(trial.genotype) : Architecture{};
  if (format == Format::text) {
    const std::size_t width = terminal_width(STDOUT_FILENO);
    fmt::print("{}\n{}", trial_text(summary, trial, width),
               to_text(answer_table(*space, trial.genotype), width));
    if (has_layers) fmt::print("\n{}", to_text(layer_table(architecture), width));
    return exit_code::ok;
  }
  nlohmann::json object = json_object("nas.trial");
  object["run"] = summary.path.string();
  object["trial"] = to_json(trial);
  object["decisions"] = answer_json(*space, trial.genotype);
  if (has_layers) {
    object["cost"] = cost_json(architecture);
    object["architecture"] = nas::to_json(architecture);
  }
  print(format, layer_table(architecture), object);
  return exit_code::ok;
}

}  // namespace

int show_command(const Arguments& arguments) {
  const Format format = output_format(arguments);
  const RunSummary summary =
      summarise(open_run(arguments.positional[0], RunDirectory::Access::read));
  if (arguments.positional.size() == 1) return show_run(summary, format);
  return show_trial(summary, arguments.positional[1], format);
}

}  // namespace nas::cli
