/// Commands of the shell, and what they print.
#pragma once

#include <string>

namespace nas::race {

/// With every `what` replaced.
std::string replaced(std::string text, const std::string& what, const std::string& by);
/// As one word of a command.
std::string quoted(const std::string& text);
/// What it prints on standard output. Throws std::runtime_error where it does not end with 0.
std::string output_of(const std::string& command);

}  // namespace nas::race
