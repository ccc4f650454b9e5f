#include "cli/help.hpp"

#include <algorithm>
#include <unistd.h>

#include <fmt/format.h>

#include "cli/option_rows.hpp"
#include "cli/option_table.hpp"
#include "cli/table.hpp"
#include "core/search/mnasnet_reward.hpp"

namespace nas::cli {

namespace {

std::string usage_of(const OptionRow& row) {
  const std::string letter = row.letter == '\0' ? "" : fmt::format("-{}, ", row.letter);
  const std::string value = row.value.empty() ? "" : fmt::format(" {}", row.value);
  return fmt::format("{}--{}{}", letter, row.name, value);
}

std::string default_of(const OptionRow& row) {
  if (!row.default_note.empty()) return fmt::format(" [{}]", row.default_note);
  if (row.is_switch() || row.default_value.empty()) return {};
  return fmt::format(" [{}]", row.default_value);
}

void append_options(std::string& text, const Command& command) {
  std::vector<std::string_view> groups;
  for (const OptionRow& row : option_table()) {
    const bool taken = std::ranges::find(command.options, row.name) != command.options.end();
    if (taken && std::ranges::find(groups, row.group) == groups.end()) groups.push_back(row.group);
  }
  for (const std::string_view group : groups) {
    text += fmt::format("\n{}:\n", group);
    for (const std::string_view name : command.options) {
      const OptionRow& row = option_row(name);
      if (row.group != group) continue;
      text += fmt::format("  {:<30} {}{}\n", usage_of(row), row.help, default_of(row));
    }
  }
}

std::string command_line(const Command& command) {
  const std::string usage = command.positional.empty()
                                ? std::string(command.name)
                                : fmt::format("{} {}", command.name, command.positional);
  return fmt::format("  {:<24} {}\n", usage, command.summary);
}

bool takes(const Command& command, std::string_view option) {
  return std::ranges::find(command.options, option) != command.options.end();
}

/// The objectives that the program computes, with their options.
std::string objectives_text(const Command& command) {
  if (!takes(command, "objective") || !takes(command, "strategy")) return {};
  const Table options = plugin_option_table(mnasnet_reward_name, mnasnet_reward_options());
  return fmt::format(
      "\nThe objective {} is accuracy * (cost / target)^w (Tan et al. 2018), of two metrics that\n"
      "are chosen, as all of it is, by --set:\n{}",
      mnasnet_reward_name, to_text(options, terminal_width(STDOUT_FILENO)));
}

/// Where else the values of a command's settings may come from.
std::string settings_text(const Command& command) {
  std::vector<std::string> variables;
  for (const std::string_view name : command.options) {
    if (option_row(name).setting) variables.push_back(environment_name(option_row(name)));
  }
  if (variables.empty()) return {};
  if (!takes(command, "config")) {
    return fmt::format("\n{} may also come from the environment, as {}.\n",
                       variables.size() == 1 ? "That setting" : "Settings",
                       fmt::join(variables, ", "));
  }
  return "\nSettings may also come from the environment (NAS_SEED=1; options of plugins and spaces "
         "as\n"
         "NAS_SET='evolution.population=64 train.epochs=2') and from --config FILE ('seed = 1'; a "
         "limit\n"
         "as 'max.macs = 3M'; options of plugins and spaces under '[evolution]'). Flags win over "
         "the\n"
         "environment, that over the file. 'nas config show' prints every value with its origin.\n";
}

}  // namespace

std::string general_help() {
  std::string text =
      "Neural architecture search on the CPU.\n\n"
      "Usage: nas COMMAND [OPTION...]\n\n"
      "    nas run --strategy evolution --space mbconv\n\nCommands:\n";
  for (const Command& command : commands()) text += command_line(command);
  text += "\n'nas help COMMAND' or 'nas COMMAND --help' tells more.\n";
  return text;
}

std::string group_help(std::string_view group) {
  std::string lines;
  for (const Command& command : commands()) {
    if (command.name.starts_with(fmt::format("{} ", group))) lines += command_line(command);
  }
  if (lines.empty()) return {};
  return fmt::format(
      "Usage: nas {0} COMMAND [OPTION...]\n\nCommands:\n{1}\n'nas help {0} COMMAND' tells more.\n",
      group, lines);
}

std::string command_help(const Command& command) {
  const std::string positional =
      command.positional.empty() ? "" : fmt::format(" {}", command.positional);
  const std::string options = command.options.empty() ? "" : " [OPTION...]";
  std::string text = fmt::format("nas {}: {}.\n\nUsage: nas {}{}{}\n", command.name,
                                 command.summary, command.name, positional, options);
  append_options(text, command);
  return text + objectives_text(command) + settings_text(command);
}

}  // namespace nas::cli
