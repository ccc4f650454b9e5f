/// What the program's exit codes mean; scripts rely on them.
#pragma once

#include <span>
#include <string_view>

#include "core/base/error.hpp"

namespace nas::cli {

namespace exit_code {
inline constexpr int ok = 0;
inline constexpr int internal = 1;
inline constexpr int usage = 2;
inline constexpr int input = 3;  ///< configuration, data or space
inline constexpr int plugin = 4;
inline constexpr int trials_failed = 5;
inline constexpr int infeasible = 6;
inline constexpr int mismatch = 7;
inline constexpr int run_directory = 8;
inline constexpr int io = 9;
inline constexpr int not_deterministic = 10;
inline constexpr int signal_base = 128;  ///< plus the signal's number: interrupted, resumable
}  // namespace exit_code

/// What the manual says of them; README.md has the same words.
struct ExitCodeMeaning {
  std::string_view codes;  ///< "7", "130, 143"
  std::string_view meaning;
};
std::span<const ExitCodeMeaning> exit_code_meanings();

constexpr int exit_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::internal:
      return exit_code::internal;
    case ErrorKind::usage:
      return exit_code::usage;
    case ErrorKind::config:
    case ErrorKind::data:
    case ErrorKind::space:
      return exit_code::input;
    case ErrorKind::plugin:
      return exit_code::plugin;
    case ErrorKind::infeasible:
      return exit_code::infeasible;
    case ErrorKind::mismatch:
      return exit_code::mismatch;
    case ErrorKind::run_directory:
      return exit_code::run_directory;
    case ErrorKind::io:
      return exit_code::io;
    case ErrorKind::not_deterministic:
      return exit_code::not_deterministic;
  }
  return exit_code::internal;
}

}  // namespace nas::cli
