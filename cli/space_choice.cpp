#include "cli/space_choice.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/option_table.hpp"
#include "cli/owned_options.hpp"
#include "cli/plugin_path.hpp"
#include "cli/task_text.hpp"
#include "core/base/error.hpp"
#include "search_spaces/registry.hpp"

namespace nas::cli {

namespace {

std::string value_or_default(const Arguments& arguments, std::string_view name) {
  return arguments.value(name).value_or(std::string(option_row(name).default_value));
}

OptionValues chosen_options(const SpaceEntry& entry, const Arguments& arguments) {
  const Environment environment = process_environment();
  const OwnedOptions options =
      options_by_owner(Settings(arguments, environment).keyed("set"), {{entry.name, entry.options}},
                       PluginRegistry(plugin_path(arguments, environment)));
  return options.at(entry.name);
}

}  // namespace

std::unique_ptr<SearchSpace> chosen_space(const std::string& name, const Arguments& arguments) {
  const SpaceEntry& entry = search_space(name);
  const Task task =
      parse_task(value_or_default(arguments, "input"), value_or_default(arguments, "classes"));
  return entry.make(task, chosen_options(entry, arguments));
}

std::optional<LatencyModel> chosen_latency(const std::string& name, const Arguments& arguments) {
  const std::string file = latency_table_file(Settings(arguments, process_environment()));
  if (file.empty()) return std::nullopt;
  const std::string task =
      fmt::format("--input {} --classes {}", shell_word(value_or_default(arguments, "input")),
                  shell_word(value_or_default(arguments, "classes")));
  return LatencyModel(
      file, command_to_profile(name, chosen_options(search_space(name), arguments), task));
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

Genotype genotype_of(const SearchSpace& space, const std::string& text) {
  Genotype genotype = parse_genotype(text);
  space.validate(genotype);
  return genotype;
}

Table decision_table(const SearchSpace& space, const Genotype* genotype) {
  Table table{{{"nr", Align::right}, {"decision"}, {genotype ? "answer" : "options"}}, {}};
  const std::vector<Decision>& decisions = space.decisions();
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    const std::string value =
        genotype ? decisions[i].options[static_cast<std::size_t>(genotype->answers[i])]
                 : fmt::format("{}", fmt::join(decisions[i].options, " "));
    table.rows.push_back({std::to_string(i), decisions[i].name, value});
  }
  return table;
}

nlohmann::json decision_json(const SearchSpace& space, const Genotype* genotype) {
  nlohmann::json rows = nlohmann::json::array();
  const std::vector<Decision>& decisions = space.decisions();
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    nlohmann::json row = {{"name", decisions[i].name},
                          {"options", decisions[i].options},
                          {"ordered", decisions[i].ordered}};
    if (genotype) {
      row["answer"] = decisions[i].options[static_cast<std::size_t>(genotype->answers[i])];
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace nas::cli
