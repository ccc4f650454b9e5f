#include "cli/help.hpp"

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/man_page.hpp"
#include "core/base/error.hpp"

namespace nas::cli {

int help_command(const Arguments& arguments) {
  std::vector<std::string> words = arguments.positional;
  if (arguments.has("man")) {
    if (!words.empty()) {
      throw Error(ErrorKind::usage, "--man is the manual of all commands; it takes none");
    }
    fmt::print("{}", man_page());
    return exit_code::ok;
  }
  std::string text;
  if (words.empty()) text = general_help();
  if (words.size() == 1) text = group_help(words.front());
  if (text.empty()) {
    text = command_help(take_command(words));
    if (!words.empty()) {
      throw Error(ErrorKind::usage, fmt::format("unexpected '{}' for 'nas help'", words.front()));
    }
  }
  fmt::print("{}", text);
  return exit_code::ok;
}

}  // namespace nas::cli
