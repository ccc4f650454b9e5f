#include "cli/command.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "cli/option_table.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace nas::cli {

namespace po = boost::program_options;

namespace {

po::options_description description_of(const Command& command) {
  po::options_description description;
  for (const std::string_view name : command.options) {
    const OptionRow& row = option_row(name);
    std::string names(row.name);
    if (row.letter != '\0') names += fmt::format(",{}", row.letter);
    if (row.is_switch()) {
      description.add_options()(names.c_str(), "");
    } else {
      description.add_options()(names.c_str(), po::value<std::string>(), "");
    }
  }
  return description;
}

[[noreturn]] void reject(const Command& command, const std::string& problem) {
  throw Error(ErrorKind::usage, fmt::format("{}{} 'nas {} --help' says what it takes", problem,
                                            problem.ends_with('?') ? "" : ";", command.name));
}

[[noreturn]] void reject_unknown_option(const Command& command, const std::string& name) {
  const std::vector<std::string> known(command.options.begin(), command.options.end());
  const auto bare = name.substr(std::min(name.find_first_not_of('-'), name.size()));
  const auto nearest = nearest_name(bare, known);
  reject(command, fmt::format("unknown option '{}' for 'nas {}'{}", name, command.name,
                              nearest ? fmt::format("; did you mean '--{}'?", *nearest) : ""));
}

void check_positional(const Command& command, const std::vector<std::string>& positional) {
  if (command.positional.ends_with("...]")) return;
  const auto words = static_cast<std::size_t>(std::ranges::count(command.positional, ' ') +
                                              (command.positional.empty() ? 0 : 1));
  const auto optional = static_cast<std::size_t>(std::ranges::count(command.positional, '['));
  if (positional.size() > words) {
    reject(command, fmt::format("unexpected '{}' for 'nas {}'{}", positional[words], command.name,
                                words == 0 ? ", which takes options only" : ""));
  }
  if (positional.size() < words - optional) {
    reject(command, fmt::format("'nas {}' needs {}", command.name, command.positional));
  }
}

po::parsed_options parse(const Command& command, const po::options_description& description,
                         const std::vector<std::string>& words) {
  // Abbreviated options would change their meaning when options are added.
  const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  try {
    return po::command_line_parser(words).options(description).style(style).run();
  } catch (const po::unknown_option& error) {
    reject_unknown_option(command, error.get_option_name());
  } catch (const po::error& error) {
    reject(command, error.what());
  }
}

/// The command that other programs call `verb`; empty where there is none.
std::string_view synonym(std::string_view verb) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> words = {
      {{"list", "ls"},
       {"search", "run"},
       {"start", "run"},
       {"continue", "resume"},
       {"evaluate", "eval"},
       {"info", "show"}}};
  const auto found = std::ranges::find(words, verb, [](const auto& pair) { return pair.first; });
  return found == words.end() ? std::string_view{} : found->second;
}

}  // namespace

bool Command::takes(std::string_view option) const {
  return std::ranges::find(options, option) != options.end();
}

std::optional<std::string> Arguments::value(std::string_view name) const {
  const auto found = given.find(name);
  if (found == given.end() || found->second.empty()) return std::nullopt;
  return found->second.back();
}

std::vector<std::string> Arguments::values(std::string_view name) const {
  const auto found = given.find(name);
  return found == given.end() ? std::vector<std::string>{} : found->second;
}

Arguments parse_arguments(const Command& command, const std::vector<std::string>& words) {
  const po::options_description description = description_of(command);
  Arguments arguments;
  arguments.command = &command;
  for (const po::option& option : parse(command, description, words).options) {
    if (option.position_key >= 0) {
      arguments.positional.insert(arguments.positional.end(), option.value.begin(),
                                  option.value.end());
      continue;
    }
    std::vector<std::string>& values = arguments.given[option.string_key];
    const OptionRow& row = option_row(option.string_key);
    if (!values.empty() && !row.repeatable) {
      reject(command, fmt::format("'--{}' is given twice, '{}' and '{}'", row.name, values.back(),
                                  option.value.front()));
    }
    values.insert(values.end(), option.value.begin(), option.value.end());
  }
  if (!arguments.has("help")) check_positional(command, arguments.positional);
  return arguments;
}

const Command& take_command(std::vector<std::string>& words) {
  const std::string first = words.front();
  const std::string prefix = first + " ";
  std::vector<std::string> verbs;
  std::vector<std::string> second_verbs;
  for (const Command& command : commands()) {
    if (command.name == first) {
      words.erase(words.begin());
      return command;
    }
    const std::string_view verb = command.name.substr(0, command.name.find(' '));
    if (verbs.empty() || verbs.back() != verb) verbs.emplace_back(verb);
    if (!command.name.starts_with(prefix)) continue;
    second_verbs.emplace_back(command.name.substr(prefix.size()));
    if (words.size() > 1 && words[1] == second_verbs.back()) {
      words.erase(words.begin(), words.begin() + 2);
      return command;
    }
  }
  if (second_verbs.empty()) {
    const std::string_view meant = synonym(first);
    throw Error(ErrorKind::usage,
                meant.empty()
                    ? fmt::format("unknown command '{}'{}", first, suggestion(first, verbs))
                    : fmt::format("unknown command '{}'; did you mean '{}'?", first, meant));
  }
  if (words.size() == 1 || words[1].starts_with("-")) {
    throw Error(ErrorKind::usage, fmt::format("'nas {}' needs a second word: {}", first,
                                              fmt::join(second_verbs, ", ")));
  }
  throw Error(ErrorKind::usage, fmt::format("unknown command '{} {}'{}", first, words[1],
                                            suggestion(words[1], second_verbs)));
}

}  // namespace nas::cli
