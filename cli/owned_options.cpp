#include "cli/owned_options.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "search_spaces/registry.hpp"

namespace nas::cli {

namespace {

bool exists_somewhere(const std::string& owner, const PluginRegistry& registry) {
  const auto has = [&](const std::vector<std::string>& names) {
    return std::ranges::find(names, owner) != names.end();
  };
  return has(registry.names(PluginKind::strategy)) || has(registry.names(PluginKind::estimator)) ||
         std::ranges::any_of(search_spaces(),
                             [&](const SpaceEntry& entry) { return entry.name == owner; });
}

}  // namespace

OwnedOptions options_by_owner(const Settings::Keyed& given, const std::vector<std::string>& owners,
                              const PluginRegistry& registry) {
  OwnedOptions options;
  for (const std::string& owner : owners) options[owner];
  for (const auto& [key, setting] : given) {
    const std::size_t dot = key.find('.');
    const std::string owner = key.substr(0, dot);
    const std::string option = dot == std::string::npos ? "" : key.substr(dot + 1);
    if (options.contains(owner)) {
      options[owner][option] = setting.values.back();
    } else if (setting.origin == Origin::flag || !exists_somewhere(owner, registry)) {
      throw Error(ErrorKind::config, fmt::format("{}: nothing called '{}' takes part here{}",
                                                 setting.where, owner, suggestion(owner, owners)));
    }
  }
  return options;
}

}  // namespace nas::cli
