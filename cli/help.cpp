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

/// "  --trials N      architectures to measure …", the text in lines that the terminal has room
/// for; where that is little, below. `column` is the width of what comes first.
std::string entry(const std::string& head, const std::string& text, std::size_t column) {
  constexpr std::size_t least = 72;
  const std::size_t width = terminal_width(STDOUT_FILENO);
  if (width == 0 || width >= least) {
    return hanging(fmt::format("  {:<{}} ", head, column), text, width) + '\n';
  }
  return fmt::format("  {}\n{}\n", head, hanging("      ", text, width));
}

/// Lines for the terminal, or of 100 characters where there is none.
std::string paragraph(const std::string& text) {
  constexpr std::size_t usual = 100;
  const std::size_t width = terminal_width(STDOUT_FILENO);
  return hanging("", text, width == 0 ? usual : width) + '\n';
}

void append_options(std::string& text, const Command& command) {
  std::vector<std::string_view> groups;
  for (const OptionRow& row : option_table()) {
    if (command.takes(row.name) && std::ranges::find(groups, row.group) == groups.end())
      groups.push_back(row.group);
  }
  for (const std::string_view group : groups) {
    text += fmt::format("\n{}:\n", group);
    for (const std::string_view name : command.options) {
      const OptionRow& row = option_row(name);
      if (row.group != group) continue;
      text += entry(usage_of(row), fmt::format("{}{}", row.help, default_of(row)), 30);
    }
  }
}

std::string command_line(const Command& command) {
  const std::string usage = command.positional.empty()
                                ? std::string(command.name)
                                : fmt::format("{} {}", command.name, command.positional);
  return entry(usage, std::string(command.summary), 24);
}

/// The objectives that the program computes, with their options.
std::string objectives_text(const Command& command) {
  if (!command.takes("objective") || !command.takes("strategy")) return {};
  const Table options = plugin_option_table(mnasnet_reward_name, mnasnet_reward_options());
  return '\n' +
         paragraph(
             fmt::format("The objective {} is accuracy * (cost / target)^w (Tan et al. 2018), "
                         "of two metrics that are chosen, as all of it is, by --set:",
                         mnasnet_reward_name)) +
         to_text(options, terminal_width(STDOUT_FILENO));
}

/// Where else the values of a command's settings may come from.
std::string settings_text(const Command& command) {
  std::vector<std::string> variables;
  for (const std::string_view name : command.options) {
    if (option_row(name).setting) variables.push_back(environment_name(option_row(name)));
  }
  if (variables.empty()) return {};
  if (!command.takes("config")) {
    return '\n' + paragraph(fmt::format("{} may also come from the environment, as {}.",
                                        variables.size() == 1 ? "That setting" : "Settings",
                                        fmt::join(variables, ", ")));
  }
  return '\n' +
         paragraph(
             "Settings may also come from the environment (NAS_SEED=1; options of plugins and "
             "spaces as NAS_SET='evolution.population=64 train.epochs=2') and from --config FILE "
             "('seed = 1'; a limit as 'max.macs = 3M'; options of plugins and spaces under "
             "'[evolution]'). Flags win over the environment, that over the file. 'nas config "
             "show' "
             "prints every value with its origin.");
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
  std::string text = paragraph(fmt::format("nas {}: {}.", command.name, command.summary)) +
                     fmt::format("\nUsage: nas {}{}{}\n", command.name, positional, options);
  append_options(text, command);
  return text + objectives_text(command) + settings_text(command);
}

}  // namespace nas::cli
