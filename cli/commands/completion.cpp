#include <fmt/format.h>

#include "cli/bash_completion.hpp"
#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "core/base/error.hpp"

namespace nas::cli {

int completion_command(const Arguments& arguments) {
  const std::string& shell = arguments.positional.front();
  if (shell != "bash") {
    throw Error(ErrorKind::usage,
                fmt::format("no completion for '{}'; there is one for: bash", shell));
  }
  fmt::print("{}", bash_completion());
  return exit_code::ok;
}

}  // namespace nas::cli
