/// Options of plugins and spaces, as --set, the environment and the file give them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/settings.hpp"
#include "core/plugin/registry.hpp"

namespace nas::cli {

/// By owner and name. Every one of `owners` has an entry.
using OwnedOptions = std::map<std::string, std::map<std::string, std::string>>;

/// Sorts "owner.option" by owner. The environment and the file may speak of any plugin or space
/// that there is, flags only of those that take part: throws Error(config) otherwise, with the
/// nearest owner. The options themselves are checked by OptionValues.
OwnedOptions options_by_owner(const Settings::Keyed& given, const std::vector<std::string>& owners,
                              const PluginRegistry& registry);

}  // namespace nas::cli
