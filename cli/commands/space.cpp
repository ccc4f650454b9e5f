#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/architecture_text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/option_rows.hpp"
#include "cli/option_table.hpp"
#include "cli/run_text.hpp"
#include "cli/space_choice.hpp"
#include "cli/task_text.hpp"
#include "core/architecture/architecture_json.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "search_spaces/described.hpp"
#include "search_spaces/registry.hpp"
#include "search_spaces/staged/description_json.hpp"
#include "search_spaces/staged/staged_space.hpp"

namespace nas::cli {

namespace {

/// --distribution. Throws Error(usage) on what is none.
bool is_over_architectures(const Arguments& arguments) {
  constexpr std::string_view name = "distribution";
  const std::string given =
      arguments.value(name).value_or(std::string(option_row(name).default_value));
  if (given == "architectures" || given == "decisions") return given == "architectures";
  throw Error(ErrorKind::usage,
              fmt::format("--{} '{}': must be 'architectures' or 'decisions'", name, given));
}

/// What the space is; of one that a file describes, in the file's words.
std::string about(const SearchSpace& space) {
  const SpaceEntry& entry = search_space(space.name());
  const auto* staged = dynamic_cast<const StagedSpace*>(&space);
  if (entry.name != described_space_name || staged == nullptr) return entry.description;
  const SpaceDescription& own = staged->description();
  return own.description.empty() ? own.name : fmt::format("{}. {}", own.name, own.description);
}

int show_decisions(const SearchSpace& space, Format format) {
  const SpaceEntry& entry = search_space(space.name());
  if (format == Format::text) {
    const std::size_t width = terminal_width(STDOUT_FILENO);
    fmt::print("{}\n{} genotypes\n\n{}\n{}", hanging(entry.name + ": ", about(space), width),
               size_digits(space), to_text(decision_table(space), width),
               to_text(plugin_option_table(entry.name, entry.options), width));
    if (!entry.named.empty()) fmt::print("\n{}", to_text(named_table(entry), width));
    return exit_code::ok;
  }
  nlohmann::json object = json_object("nas.space");
  object["name"] = entry.name;
  object["description"] = about(space);
  object["size"] = size_digits(space);
  object["decisions"] = decision_json(space);
  object["options"] = plugin_option_json(entry.options);
  object["named"] = named_json(entry);
  print(format, decision_table(space), object);
  return exit_code::ok;
}

/// Of one architecture; nothing without a table.
Metrics latency_of(const std::optional<LatencyModel>& latency, const Genotype& genotype,
                   const Architecture& architecture) {
  return latency ? latency->metrics(architecture, selection_of(genotype)) : Metrics{};
}

int show_architecture(const SearchSpace& space, const Genotype& genotype,
                      const std::optional<LatencyModel>& latency, Format format) {
  const Architecture architecture = space.build(genotype);
  const Metrics more = latency_of(latency, genotype, architecture);
  if (format == Format::text) {
    const std::size_t width = terminal_width(STDOUT_FILENO);
    std::string costs = cost_line(cost(architecture));
    for (const auto& [metric, value] : more) {
      costs += " · latency " + metric_text(metric, value);
    }
    if (const std::string text = space.text(genotype); !text.empty()) {
      fmt::print("{}\n", hanging("", text, width));
    }
    fmt::print("{}\n\n{}\n{}", hanging("", costs, width),
               to_text(answer_table(space, genotype), width),
               to_text(layer_table(architecture), width));
    return exit_code::ok;
  }
  nlohmann::json object = json_object("nas.cost");
  object["space"] = space.name();
  object["genotype"] = genotype.answers;
  if (const std::string text = space.text(genotype); !text.empty()) object["text"] = text;
  object.update(cost_json(architecture));
  for (const auto& [metric, value] : more) object[metric] = value;
  object["decisions"] = answer_json(space, genotype);
  object["architecture"] = to_json(architecture);
  print(format, layer_table(architecture), object);
  return exit_code::ok;
}

/// For its own input and number of classes, unless others are given.
int show_named(const SpaceEntry& space, const std::string& name, const Arguments& arguments) {
  const NamedArchitecture& named = named_architecture(space, name);
  const Task task =
      parse_task(arguments.value("input").value_or(named.task.input.text()),
                 arguments.value("classes").value_or(std::to_string(named.task.classes)));
  const Architecture architecture = named.build(task);
  const Format format = output_format(arguments);
  if (format == Format::text) {
    const std::size_t width = terminal_width(STDOUT_FILENO);
    fmt::print("{}\n{}\n\n{}", hanging(named.name + ": ", named.description, width),
               hanging("", cost_line(cost(architecture)), width),
               to_text(block_table(architecture), width));
    return exit_code::ok;
  }
  nlohmann::json object = json_object("nas.cost");
  object["space"] = space.name;
  object["named"] = named.name;
  object["input"] = task.input.text();
  object["classes"] = task.classes;
  object.update(cost_json(architecture));
  object["architecture"] = to_json(architecture);
  print(format, layer_table(architecture), object);
  return exit_code::ok;
}

/// Throws Error(usage) where the space is not one of stages.
int show_description(const SearchSpace& space) {
  const auto* staged = dynamic_cast<const StagedSpace*>(&space);
  if (staged == nullptr) {
    throw Error(ErrorKind::usage, fmt::format("--description: the space '{}' is not described by "
                                              "stages; 'nas space show mbconv --description' is",
                                              space.name()));
  }
  fmt::print("{}", description_to_json(staged->description()));
  return exit_code::ok;
}

}  // namespace

int space_list_command(const Arguments& arguments) {
  Table table{{{"name"}, {"options", Align::left, true}, {"description", Align::left, true}}, {}};
  nlohmann::json object = json_object("nas.spaces");
  object["spaces"] = nlohmann::json::array();
  for (const SpaceEntry& entry : search_spaces()) {
    std::vector<std::string> names;
    for (const OptionSpec& option : entry.options) names.emplace_back(option.name);
    table.rows.push_back({entry.name, fmt::format("{}", fmt::join(names, " ")), entry.description});
    object["spaces"].push_back({{"name", entry.name},
                                {"description", entry.description},
                                {"options", plugin_option_json(entry.options)}});
  }
  print(output_format(arguments), table, object);
  return exit_code::ok;
}

int space_show_command(const Arguments& arguments) {
  const Format format = output_format(arguments);
  if (const auto named = arguments.value("named")) {
    return show_named(search_space(arguments.positional.front()), *named, arguments);
  }
  const auto space = chosen_space(arguments.positional.front(), arguments);
  if (arguments.has("description")) return show_description(*space);
  const auto genotype = arguments.value("genotype");
  if (!genotype) return show_decisions(*space, format);
  const auto latency = chosen_latency(arguments.positional.front(), arguments);
  return show_architecture(*space, genotype_of(*space, *genotype), latency, format);
}

int space_count_command(const Arguments& arguments) {
  const Format format = output_format(arguments);
  const std::string& name = arguments.positional.front();
  const auto space = chosen_space(name, arguments);
  const std::map<std::string, std::string> options = chosen_options(name, arguments);
  const std::string size = size_digits(*space);
  const std::vector<SpaceCount> others = space->counts();
  if (format == Format::text) {
    fmt::print("{}\n", size);
    for (const SpaceCount& other : others) {
      fmt::print("{}: {} = {}\n", other.name, other.digits, other.formula);
    }
    // The formulas want them; a size alone stays a number, for scripts.
    if (!others.empty() && !options.empty()) {
      std::vector<std::string> values;
      values.reserve(options.size());
      for (const auto& [option, value] : options) {
        values.push_back(fmt::format("{}.{}={}", space->name(), option, value));
      }
      fmt::print("{}\n", hanging("with ", fmt::format("{}", fmt::join(values, " ")),
                                 terminal_width(STDOUT_FILENO)));
    }
    return exit_code::ok;
  }
  nlohmann::json object = json_object("nas.space.count");
  object["name"] = space->name();
  object["size"] = size;
  object["options"] = options;
  object["decisions"] = space->decisions().size();
  object["counts"] = nlohmann::json::array();
  Table table{{{"name"}, {"size"}, {"formula"}}, {{space->name(), size, ""}}};
  for (const SpaceCount& other : others) {
    object["counts"].push_back(
        {{"name", other.name}, {"formula", other.formula}, {"size", other.digits}});
    table.rows.push_back({other.name, other.digits, other.formula});
  }
  print(format, table, object);
  return exit_code::ok;
}

int space_sample_command(const Arguments& arguments) {
  const Format format = output_format(arguments);
  const bool over_architectures = is_over_architectures(arguments);
  constexpr std::int64_t most = 1'000'000;
  const std::int64_t count = whole_number(arguments, "count", 1, most);
  const Settings settings(arguments, process_environment());
  const auto space = chosen_space(arguments.positional.front(), arguments);
  const auto latency = chosen_latency(arguments.positional.front(), arguments);
  Random random(derive_seed(settings.natural("seed"), "sample"));
  std::vector<std::string> names = cost_metric_names();
  if (latency) names.emplace_back(latency_metric);
  Table table;
  for (const std::string& metric : names) {
    const bool is_detail = metric == "branches" || metric == "critical_path" ||
                           metric == "small_ops" || metric == "ram_mcunet";
    table.columns.push_back(
        {.title = metric, .align = Align::right, .expendable = is_detail ? 1 : 0});
  }
  table.columns.push_back({.title = "genotype", .wraps = true});
  nlohmann::json object = json_object("nas.space.sample");
  object["space"] = space->name();
  object["samples"] = nlohmann::json::array();
  for (std::int64_t i = 0; i < count; ++i) {
    const Genotype genotype =
        over_architectures ? space->sample_uniform(random) : space->sample(random);
    const Architecture architecture = space->build(genotype);
    Metrics metrics = cost_metrics(cost(architecture));
    metrics.merge(latency_of(latency, genotype, architecture));
    std::vector<std::string> row;
    nlohmann::json entry = {{"genotype", genotype.answers}};
    for (const std::string& metric : names) {
      const double value = metrics.at(metric);
      row.push_back(format == Format::text ? metric_text(metric, value) : fmt::format("{}", value));
      entry[metric] = metric == latency_metric ? nlohmann::json(value) : cost_number(metric, value);
    }
    row.push_back(genotype.text());
    table.rows.push_back(std::move(row));
    object["samples"].push_back(std::move(entry));
  }
  print(format, table, object);
  return exit_code::ok;
}

}  // namespace nas::cli
