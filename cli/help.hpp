/// The help texts, made from the option table and the list of commands.
#pragma once

#include <string>

#include "cli/command.hpp"

namespace nas::cli {

/// All commands, one line each.
std::string general_help();
/// The commands of a group, "plugin" for instance; empty where there is none.
std::string group_help(std::string_view group);
/// One command: usage, summary, its options by group with their defaults.
std::string command_help(const Command& command);

}  // namespace nas::cli
