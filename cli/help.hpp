/// The help texts, made from the option table and the list of commands.
#pragma once

#include <string>

#include "cli/command.hpp"

namespace nas::cli {

/// All commands, one line each.
std::string general_help();
/// One command: usage, summary, its options by group with their defaults.
std::string command_help(const Command& command);

}  // namespace nas::cli
