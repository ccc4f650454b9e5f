#include "cli/help.hpp"

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"

namespace nas::cli {

int help_command(const Arguments& arguments) {
  std::vector<std::string> words = arguments.positional;
  fmt::print("{}", words.empty() ? general_help() : command_help(take_command(words)));
  return exit_code::ok;
}

}  // namespace nas::cli
