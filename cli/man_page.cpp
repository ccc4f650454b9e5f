#include "cli/man_page.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/environment.hpp"
#include "cli/exit_code.hpp"
#include "cli/option_table.hpp"

namespace nas::cli {

namespace {

/// As roff reads it: no backslash, hyphen that is a minus, apostrophe or dot means more than
/// itself.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool begins_line = result.empty() || result.back() == '\n';
    if (begins_line && (c == '.' || c == '\'')) result += "\\&";
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else if (c == '\'') {
      result += "\\(aq";
    } else {
      result += c;
    }
  }
  return result;
}

std::string bold(std::string_view text) { return fmt::format("\\fB{}\\fR", escaped(text)); }
std::string italic(std::string_view text) { return fmt::format("\\fI{}\\fR", escaped(text)); }

std::string paragraph(std::string_view tag, std::string_view text) {
  return fmt::format(".TP\n{}\n{}\n", tag, text);
}

std::string words_of(const Command& command) {
  std::string text = bold(fmt::format("nas {}", command.name));
  if (!command.positional.empty()) text += fmt::format(" {}", italic(command.positional));
  if (!command.options.empty()) text += fmt::format(" [{}...]", italic("option"));
  return text;
}

std::string commands_section() {
  std::string text = ".SH COMMANDS\n";
  for (const Command& command : commands()) {
    std::vector<std::string> options;
    for (const std::string_view option : command.options) {
      if (option != "help") options.push_back(bold(fmt::format("--{}", option)));
    }
    text += paragraph(words_of(command), escaped(command.summary) + ".");
    if (!options.empty()) text += fmt::format(".br\nOptions: {}.\n", fmt::join(options, ", "));
  }
  return text;
}

std::string default_sentence(const OptionRow& row) {
  const std::string_view value = row.default_note.empty() ? row.default_value : row.default_note;
  if (value.empty() || (row.is_switch() && row.default_note.empty())) return {};
  return fmt::format(" Default: {}.", escaped(value));
}

std::string option_text(const OptionRow& row) {
  std::string tag = row.letter == '\0' ? "" : bold(fmt::format("-{}", row.letter)) + ", ";
  tag += bold(fmt::format("--{}", row.name));
  if (!row.value.empty()) tag += fmt::format(" {}", italic(row.value));
  std::string text = escaped(row.help) + ".";
  if (!row.choices.empty()) text += fmt::format(" One of: {}.", escaped(row.choices));
  text += default_sentence(row);
  if (row.repeatable) text += " May be given several times.";
  std::vector<std::string> takers;
  for (const Command& command : commands()) {
    if (command.takes(row.name)) takers.emplace_back(command.name);
  }
  if (row.name != "help") text += fmt::format("\n(Of {}.)", fmt::join(takers, ", "));
  return paragraph(tag, text);
}

std::string options_section() {
  std::vector<std::string_view> groups;
  for (const OptionRow& row : option_table()) {
    if (std::ranges::find(groups, row.group) == groups.end()) groups.push_back(row.group);
  }
  std::string text = ".SH OPTIONS\n";
  for (const std::string_view group : groups) {
    text += fmt::format(".SS {}\n", escaped(group));
    for (const OptionRow& row : option_table()) {
      if (row.group == group) text += option_text(row);
    }
  }
  return text;
}

std::string environment_section() {
  std::string text = ".SH ENVIRONMENT\nFlags win over these, these over a configuration file.\n";
  for (const OptionRow& row : option_table()) {
    if (!row.setting) continue;
    text +=
        paragraph(bold(environment_name(row)),
                  fmt::format("as {}{}", bold(fmt::format("--{}", row.name)),
                              row.repeatable ? "; several values are separated by spaces" : ""));
  }
  text += paragraph(bold("NAS_CONFIG"), "as " + bold("--config"));
  text += paragraph(bold("NAS_PLUGIN_PATH"), "directories with plugins, separated by colons");
  text += paragraph(bold("NAS_DATA_PATH"), "directories with datasets, separated by colons");
  text += paragraph(bold("NO_COLOR"), "no colours on a terminal");
  return text;
}

std::string exit_section() {
  std::string text = ".SH EXIT STATUS\n";
  for (const auto& [codes, meaning] : exit_code_meanings()) {
    text += paragraph(bold(codes), escaped(meaning));
  }
  return text;
}

constexpr std::string_view description_section = R"(.SH DESCRIPTION
A command\-line runner for neural\-architecture\-search experiments on the CPU.
A search strategy proposes networks of a search space, an estimator measures them, by default by training
each for a short while, and the best is trained at length.
Equal seeds give equal results, to the last bit, for any number of jobs; a run that was interrupted
goes on where it stopped.
.PP
Standard output carries the result, standard error everything else.
)";

constexpr std::string_view files_section = R"(.SH FILES
.TP
.I runs/<strategy>\-<space>\-<n>
a run: its configuration, its trials in an SQLite database, its best network
.TP
.I $XDG_DATA_HOME/nas/plugins
plugins of the user, by default in
.I ~/.local/share
)";

constexpr std::string_view examples_section = R"(.SH EXAMPLES
.EX
nas run \-\-strategy evolution \-\-space mbconv
nas run \-\-max ram_int8=64KiB \-\-max flash_int8=128KiB
nas show runs/evolution\-mbconv\-1
nas verify runs/evolution\-mbconv\-1
nas export runs/evolution\-mbconv\-1 \-o best.onnx
.EE
)";

}  // namespace

std::string man_page() {
  std::string text =
      fmt::format(".TH NAS 1 \"\" \"nas {}\" \"User Commands\"\n.nh\n", program_version());
  text += ".SH NAME\nnas \\- neural architecture search on the CPU\n";
  text += ".SH SYNOPSIS\n" + bold("nas") + " " + italic("command") + " [" + italic("argument") +
          "...] [" + italic("option") + "...]\n";
  text += description_section;
  text += commands_section() + options_section() + environment_section() + exit_section();
  text += files_section;
  text += examples_section;
  return text;
}

}  // namespace nas::cli
