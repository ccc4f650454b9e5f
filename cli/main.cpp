#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/environment.hpp"
#include "cli/exit_code.hpp"
#include "cli/help.hpp"
#include "cli/progress.hpp"
#include "cli/signals.hpp"
#include "cli/unused_variables.hpp"

namespace {

using namespace nas::cli;

int execute(std::vector<std::string> words) {
  if (words.empty()) {
    fmt::print(stderr, "{}", general_help());
    return exit_code::usage;
  }
  if (words.front() == "--help" || words.front() == "-h") words.front() = "help";
  if (words.front() == "--version") {
    fmt::print("nas {}\n", program_version());
    return exit_code::ok;
  }
  if (words.size() == 2 && (words[1] == "--help" || words[1] == "-h")) {
    if (const std::string text = group_help(words.front()); !text.empty()) {
      fmt::print("{}", text);
      return exit_code::ok;
    }
  }
  const Command& command = take_command(words);
  const Arguments arguments = parse_arguments(command, words);
  if (arguments.has("help")) {
    fmt::print("{}", command_help(command));
    return exit_code::ok;
  }
  for (const std::string& warning : unused_variables(command)) warn(warning);
  return command.execute(arguments);
}

/// A result that could not be written is no result. A reader that has gone (`nas ls | head`) has
/// seen what it wanted.
void flush_result() {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
  if (errno == EPIPE) return;
  throw nas::Error(nas::ErrorKind::io,
                   fmt::format("writing the result to stdout failed: {}", std::strerror(errno)));
}

}  // namespace

int main(int argc, char** argv) {
  ignore_write_signals();
  try {
    const int code = execute({argv + 1, argv + argc});
    flush_result();
    return code;
  } catch (const nas::Error& error) {
    report_error(error.what());
    return exit_code_of(error.kind());
  } catch (const std::system_error& error) {
    if (error.code() == std::errc::broken_pipe) return exit_code::ok;
    report_error(error.what());
    return exit_code::io;
  } catch (const std::exception& error) {
    report_error(fmt::format("{} (a defect of this program)", error.what()));
    return exit_code::internal;
  }
}
