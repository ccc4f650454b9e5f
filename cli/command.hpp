/// The verbs of the program.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nas::cli {

struct Arguments;

struct Command {
  std::string_view name;                      ///< "run", "space show"
  std::string_view positional;                ///< "RUN [TRIAL]"; required ones without brackets
  std::string_view summary;                   ///< one line
  std::span<const std::string_view> options;  ///< names in the option table
  int (*execute)(const Arguments&);           ///< gives the exit code

  bool takes(std::string_view option) const;
};

/// The command line of one command, taken apart but not yet interpreted.
struct Arguments {
  const Command* command = nullptr;
  std::vector<std::string> positional;
  std::map<std::string, std::vector<std::string>, std::less<>> given;  ///< by name of the option

  bool has(std::string_view name) const { return given.contains(name); }
  /// The last value given.
  std::optional<std::string> value(std::string_view name) const;
  /// All values given, in order.
  std::vector<std::string> values(std::string_view name) const;
};

std::span<const Command> commands();

/// Takes `words` apart, without the verb. Throws Error(usage) on an unknown option (with the
/// nearest one), a missing value, or too few or too many words.
Arguments parse_arguments(const Command& command, const std::vector<std::string>& words);

/// Finds the verb ("run", or "space" and "show") at the front of `words` and removes it. Throws
/// Error(usage), with the nearest verb.
const Command& take_command(std::vector<std::string>& words);

}  // namespace nas::cli
