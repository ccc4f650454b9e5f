#include "cli/bash_completion.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/latency_model.hpp"
#include "cli/option_table.hpp"
#include "core/search/objective.hpp"
#include "search_spaces/registry.hpp"

namespace nas::cli {

namespace {

/// What stands before the cases: how values are found and offered.
constexpr std::string_view functions =
    R"bash(# bash completion for nas(1); 'nas completion bash' prints it.

# Offers the words of $1 that begin with $2.
_nas_offer() { COMPREPLY=($(compgen -W "$1" -- "$2")); }

# Offers files, or with -d directories, and lets readline treat them as such.
_nas_files() {
  compopt -o filenames 2>/dev/null
  local IFS=$'\n'
  COMPREPLY=($(compgen "${@:2}" -- "$1"))
}

# The first column of a table that the program prints, or the second where the first is $1.
_nas_plugins() { "$_nas_program" plugin list --csv 2>/dev/null | awk -F, -v kind="$1" '$1 == kind { print $2 }'; }
_nas_names() { "$_nas_program" "$@" --csv 2>/dev/null | awk -F, 'NR > 1 { print $1 }'; }

# The value of option $1 on the command line, else $2.
_nas_given() {
  local i
  for ((i = 1; i + 1 < ${#COMP_WORDS[@]}; ++i)); do
    if [[ ${COMP_WORDS[i]} == "$1" ]]; then
      if [[ ${COMP_WORDS[i + 1]} == = ]]; then ((++i)); fi
      echo "${COMP_WORDS[i + 1]}"
      return
    fi
  done
  echo "$2"
}

# Options of what takes part, as OWNER.OPTION=.
_nas_plugin_options() {
  local owner
  for owner in "$(_nas_given --strategy "$1")" "$(_nas_given --estimator "$2")"; do
    "$_nas_program" plugin info "$owner" --csv 2>/dev/null | awk -F, 'NR > 1 { print $1 "=" }'
  done
  "$_nas_program" space list --csv 2>/dev/null |
    awk -F, -v space="$(_nas_given --space "$3")" '
      $1 == space { n = split($2, names, " "); for (i = 1; i <= n; ++i) print space "." names[i] "=" }'
}
)bash";

std::string dashed(std::string_view name) { return fmt::format("--{}", name); }

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

/// Those that the estimator of trainings and the cost model give, each with `end` after it.
std::string metric_names(const char* end) {
  std::vector<std::string> names = {"val_accuracy",  "val_loss",  "train_accuracy", "train_loss",
                                    "test_accuracy", "test_loss", latency_metric};
  names.insert(names.end(), cost_metric_names().begin(), cost_metric_names().end());
  for (std::string& name : names) name += end;
  return joined(names);
}

std::string published_names() {
  std::set<std::string> names;
  for (const SpaceEntry& space : search_spaces()) {
    for (const NamedArchitecture& named : space.named) names.insert(named.name);
  }
  return fmt::format("{}", fmt::join(names, " "));
}

/// The line that offers an option's values.
std::string values_of(const OptionRow& row) {
  if (!row.choices.empty()) return fmt::format("_nas_offer '{}' \"$cur\"", row.choices);
  switch (row.known_values) {
    case KnownValues::strategies:
      return "_nas_offer \"$(_nas_plugins strategy)\" \"$cur\"";
    case KnownValues::estimators:
      return "_nas_offer \"$(_nas_plugins estimator)\" \"$cur\"";
    case KnownValues::spaces:
      return "_nas_offer \"$(_nas_names space list)\" \"$cur\"; "
             "[[ ${COMPREPLY-} ]] || _nas_files \"$cur\" -f";
    case KnownValues::datasets:
      return "_nas_offer \"$(_nas_names data list)\" \"$cur\"; "
             "[[ ${COMPREPLY-} ]] || _nas_files \"$cur\" -d";
    case KnownValues::metrics:
      if (row.value.find("|NAME") != std::string_view::npos) {
        return fmt::format(
            "if [[ $command == report ]]; then _nas_offer '{}' \"$cur\"; return; fi\n"
            "      _nas_offer '{}' \"$cur\"; compopt -o nospace 2>/dev/null",
            published_names(), metric_names("="));
      }
      if (!row.value.starts_with("METRIC=")) {
        return fmt::format("_nas_offer '{}' \"$cur\"", metric_names(""));
      }
      return fmt::format("_nas_offer '{}' \"$cur\"; compopt -o nospace 2>/dev/null",
                         metric_names("="));
    case KnownValues::plugin_options:
      return fmt::format(
          "_nas_offer \"$(_nas_plugin_options {} {} {})\" \"$cur\"; "
          "compopt -o nospace 2>/dev/null",
          option_row("strategy").default_value, option_row("estimator").default_value,
          option_row("space").default_value);
    case KnownValues::by_syntax:
      break;
  }
  const auto mentions = [&](const char* word) {
    return row.value.find(word) != std::string_view::npos;
  };
  if (mentions("FILE")) return "_nas_files \"$cur\" -f";
  if (mentions("DIR")) return "_nas_files \"$cur\" -d";
  return ":";
}

std::string value_cases() {
  std::string text;
  for (const OptionRow& row : option_table()) {
    if (row.is_switch()) continue;
    const std::string letter = row.letter == '\0' ? "" : fmt::format(" | -{}", row.letter);
    text += fmt::format("    {}{})\n      {}\n      return ;;\n", dashed(row.name), letter,
                        values_of(row));
  }
  return text;
}

/// What stands where an argument of the command does.
std::string arguments_of(const Command& command) {
  if (command.name == "completion") return "_nas_offer bash \"$cur\"";
  if (command.name == "plugin info") {
    return "_nas_offer \"$(_nas_plugins strategy; _nas_plugins estimator)\" \"$cur\"";
  }
  if (command.name.starts_with("data ")) return values_of(option_row("data"));
  if (command.name == "help") return {};
  const bool is_space = command.positional.starts_with("SPACE") ||
                        (command.name.starts_with("space ") && !command.positional.empty());
  if (is_space && command.name != "space check") return values_of(option_row("space"));
  if (command.positional.find("RUN") != std::string_view::npos ||
      command.positional.find("DIR") != std::string_view::npos) {
    return "_nas_files \"$cur\" -d";
  }
  return command.positional.empty() ? ":" : "_nas_files \"$cur\" -f";
}

std::string command_cases() {
  std::string text;
  for (const Command& command : commands()) {
    if (command.name == "help") continue;
    std::vector<std::string> options;
    for (const std::string_view option : command.options) options.push_back(dashed(option));
    text += fmt::format(
        "    '{}')\n      options='{}'\n      [[ $cur == -* ]] || {{ {}; return; }} ;;\n",
        command.name, joined(options), arguments_of(command));
  }
  return text;
}

}  // namespace

std::string bash_completion() {
  std::vector<std::string> verbs;
  std::map<std::string, std::vector<std::string>> groups;  // "space": its second words
  for (const Command& command : commands()) {
    const std::size_t space = command.name.find(' ');
    const std::string verb(command.name.substr(0, space));
    if (std::ranges::find(verbs, verb) == verbs.end()) verbs.push_back(verb);
    if (space != std::string_view::npos) {
      groups[verb].emplace_back(command.name.substr(space + 1));
    }
  }
  std::string second_words;
  for (const auto& [verb, words] : groups) {
    second_words += fmt::format(
        "    {})\n      if ((COMP_CWORD == at + 1)); then _nas_offer '{}' \"$cur\"; return; fi\n"
        "      command+=\" ${{COMP_WORDS[at + 1]}}\" ;;\n",
        verb, joined(words));
  }
  return fmt::format(R"bash({}
_nas() {{
  local _nas_program=${{COMP_WORDS[0]}} cur=${{COMP_WORDS[COMP_CWORD]}}
  local prev=${{COMP_WORDS[COMP_CWORD - 1]}} options= at=1
  COMPREPLY=()
  # bash makes a word of the sign in --option=value.
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]]; then
    prev=${{COMP_WORDS[COMP_CWORD - 2]}}
  fi
  if [[ ${{COMP_WORDS[1]}} == help ]] && ((COMP_CWORD > 1)); then
    if [[ $cur == -* ]]; then _nas_offer '--man --help' "$cur"; return; fi
    at=2
  fi
  if ((COMP_CWORD == at)); then _nas_offer '{}' "$cur"; return; fi
  local command=${{COMP_WORDS[at]}}
  case $command in
{}  esac
  if ((at == 2)); then return; fi
  case $prev in
{}  esac
  case $command in
{}  esac
  _nas_offer "$options" "$cur"
}}
complete -F _nas nas
)bash",
                     functions, joined(verbs), second_words, value_cases(), command_cases());
}

}  // namespace nas::cli
