/// Options of plugins, spaces and objectives, as --set, the environment and the file give them.
#pragma once

#include <map>
#include <span>
#include <string>

#include "cli/settings.hpp"
#include "core/base/options.hpp"
#include "core/plugin/registry.hpp"

namespace nas::cli {

/// The option tables of the strategy, space, estimator and objective that take part.
using OptionOwners = std::map<std::string, std::span<const OptionSpec>>;
/// The values of every option of every owner.
using OwnedOptions = std::map<std::string, OptionValues>;

/// Sorts "owner.option" by owner. The environment and the file may speak of any plugin, space
/// or objective that there is, flags only of those that take part: throws Error(config) otherwise,
/// with the nearest owner, and whatever OptionValues has to say, also of those that do not take
/// part.
OwnedOptions options_by_owner(const Settings::Keyed& given, const OptionOwners& owners,
                              const PluginRegistry& registry);

}  // namespace nas::cli
