/// Completion in bash, made from the list of commands and the table of options.
#pragma once

#include <string>

namespace nas::cli {

/// A script to be sourced. It completes verbs, options, files, and the values that are known:
/// those of plugins, spaces and datasets by asking the program, so that plugins of the user count.
std::string bash_completion();

}  // namespace nas::cli
