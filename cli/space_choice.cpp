#include "cli/space_choice.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/option_table.hpp"
#include "cli/owned_options.hpp"
#include "cli/plugin_path.hpp"
#include "cli/space_file.hpp"
#include "cli/task_text.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "search_spaces/described.hpp"

namespace nas::cli {

namespace {

std::string value_or_default(const Arguments& arguments, std::string_view name) {
  return arguments.value(name).value_or(std::string(option_row(name).default_value));
}

/// A registered space with its options.
struct ChosenSpace {
  const SpaceEntry& entry;
  OptionValues options;
};

ChosenSpace choose(const std::string& name, const Arguments& arguments) {
  const Environment environment = process_environment();
  Settings::Keyed given = Settings(arguments, environment).keyed("set");
  const SpaceEntry& entry =
      search_space(registered_space({{name}, Origin::flag, shell_word(name)}, given));
  const OwnedOptions options = options_by_owner(
      given, {{entry.name, entry.options}}, PluginRegistry(plugin_path(arguments, environment)));
  return {entry, options.at(entry.name)};
}

bool is_choice(const SearchSpace& space, const Genotype& genotype, std::size_t i) {
  const std::vector<bool> open = space.allowed(genotype, i);
  return std::ranges::count(open, true) > 1;
}

const std::string& answer(const SearchSpace& space, const Genotype& genotype, std::size_t i) {
  return space.decisions()[i].options[static_cast<std::size_t>(genotype.answers[i])];
}

}  // namespace

std::unique_ptr<SearchSpace> chosen_space(const std::string& name, const Arguments& arguments) {
  const ChosenSpace chosen = choose(name, arguments);
  const Task task =
      parse_task(value_or_default(arguments, "input"), value_or_default(arguments, "classes"));
  return chosen.entry.make(task, chosen.options);
}

std::map<std::string, std::string> chosen_options(const std::string& name,
                                                  const Arguments& arguments) {
  const ChosenSpace chosen = choose(name, arguments);
  if (chosen.entry.name == described_space_name) return {};
  return {chosen.options.all().begin(), chosen.options.all().end()};
}

std::optional<LatencyModel> chosen_latency(const std::string& name, const Arguments& arguments) {
  const std::string file = latency_table_file(Settings(arguments, process_environment()));
  if (file.empty()) return std::nullopt;
  const std::string task =
      fmt::format("--input {} --classes {}", shell_word(value_or_default(arguments, "input")),
                  shell_word(value_or_default(arguments, "classes")));
  const ChosenSpace chosen = choose(name, arguments);
  return LatencyModel(file, command_to_profile(chosen.entry.name, chosen.options, task));
}

std::unique_ptr<SearchSpace> recorded_space(const RunConfig& config,
                                            const nlohmann::json& environment) {
  const nlohmann::json::json_pointer input("/task/input");
  const nlohmann::json::json_pointer classes("/task/classes");
  if (!environment.contains(input) || !environment.contains(classes)) {
    throw Error(ErrorKind::run_directory, "run.json does not record the task of the run");
  }
  const Task task{parse_shape(environment.at(input).get<std::string>()),
                  environment.at(classes).get<int>()};
  const SpaceEntry& entry = search_space(config.space);
  const auto options = config.options.find(config.space);
  return entry.make(
      task, OptionValues(config.space, entry.options,
                         options == config.options.end() ? std::map<std::string, std::string>{}
                                                         : options->second));
}

std::int64_t whole_number(const Arguments& arguments, std::string_view name,
                          std::int64_t default_value, std::int64_t most) {
  const auto text = arguments.value(name);
  if (!text) return default_value;
  const auto number = parse_integer(*text);
  if (number && *number >= 1 && *number <= most) return *number;
  throw Error(ErrorKind::usage,
              fmt::format("--{} '{}': must be a whole number from 1 to {}", name, *text, most));
}

Genotype genotype_of(const SearchSpace& space, const std::string& text) {
  Genotype genotype = parse_genotype(text);
  space.validate(genotype);
  return genotype;
}

Table decision_table(const SearchSpace& space) {
  Table table{{{"nr", Align::right}, {"decision"}, {"options", Align::left, true}}, {}};
  const std::vector<Decision>& decisions = space.decisions();
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    table.rows.push_back({std::to_string(i), decisions[i].name,
                          fmt::format("{}", fmt::join(decisions[i].options, " "))});
  }
  return table;
}

nlohmann::json decision_json(const SearchSpace& space) {
  nlohmann::json rows = nlohmann::json::array();
  for (const Decision& decision : space.decisions()) {
    rows.push_back(
        {{"name", decision.name}, {"options", decision.options}, {"ordered", decision.ordered}});
  }
  return rows;
}

Table named_table(const SpaceEntry& space) {
  Table table{{{"named"}, {"input"}, {"classes", Align::right}, {"description", Align::left, true}},
              {}};
  for (const NamedArchitecture& named : space.named) {
    table.rows.push_back({named.name, named.task.input.text(), std::to_string(named.task.classes),
                          named.description});
  }
  return table;
}

nlohmann::json named_json(const SpaceEntry& space) {
  nlohmann::json rows = nlohmann::json::array();
  for (const NamedArchitecture& named : space.named) {
    rows.push_back({{"name", named.name},
                    {"description", named.description},
                    {"input", named.task.input.text()},
                    {"classes", named.task.classes}});
  }
  return rows;
}

Table answer_table(const SearchSpace& space, const Genotype& genotype) {
  Table table{{{"nr", Align::right}, {"decision"}, {"answer"}}, {}};
  const std::vector<Decision>& decisions = space.decisions();
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    if (!is_choice(space, genotype, i)) continue;
    table.rows.push_back({std::to_string(i), decisions[i].name, answer(space, genotype, i)});
  }
  return table;
}

nlohmann::json answer_json(const SearchSpace& space, const Genotype& genotype) {
  nlohmann::json rows = decision_json(space);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i]["answer"] = nullptr;
    if (is_choice(space, genotype, i)) rows[i]["answer"] = answer(space, genotype, i);
  }
  return rows;
}

}  // namespace nas::cli
