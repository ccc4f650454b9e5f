#include "cli/help.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/option_table.hpp"

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

}  // namespace

std::string general_help() {
  std::string text =
      "Neural architecture search on the CPU.\n\n"
      "Usage: nas COMMAND [OPTION...]\n\n"
      "    nas run --strategy evolution --space mbconv\n\nCommands:\n";
  for (const Command& command : commands()) {
    const std::string usage = command.positional.empty()
                                  ? std::string(command.name)
                                  : fmt::format("{} {}", command.name, command.positional);
    text += fmt::format("  {:<24} {}\n", usage, command.summary);
  }
  text += "\n'nas help COMMAND' or 'nas COMMAND --help' tells more.\n";
  return text;
}

std::string command_help(const Command& command) {
  const std::string positional =
      command.positional.empty() ? "" : fmt::format(" {}", command.positional);
  const std::string options = command.options.empty() ? "" : " [OPTION...]";
  std::string text = fmt::format("nas {}: {}.\n\nUsage: nas {}{}{}\n", command.name,
                                 command.summary, command.name, positional, options);
  append_options(text, command);
  const bool has_settings =
      std::ranges::any_of(command.options, [](auto name) { return option_row(name).setting; });
  if (has_settings) {
    text +=
        "\nSettings may also come from the environment (NAS_TRIALS=20) and from --config FILE\n"
        "('trials = 20'; options of plugins and spaces under '[evolution]'). Flags win over the\n"
        "environment, that over the file. 'nas config show' prints every value with its origin.\n";
  }
  return text;
}

}  // namespace nas::cli
