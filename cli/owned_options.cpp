#include "cli/owned_options.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/search/mnasnet_reward.hpp"
#include "search_spaces/registry.hpp"

namespace nas::cli {

namespace {

using Texts = std::map<std::string, std::string>;

std::vector<std::string> names_of(const OptionOwners& owners) {
  std::vector<std::string> names;
  for (const auto& [name, table] : owners) names.push_back(name);
  return names;
}

/// Of the plugin called `owner`; nothing where there is none.
std::optional<PluginKind> kind_of(const std::string& owner, const PluginRegistry& registry) {
  for (const PluginKind kind : {PluginKind::strategy, PluginKind::estimator}) {
    const std::vector<std::string> names = registry.names(kind);
    if (std::ranges::find(names, owner) != names.end()) return kind;
  }
  return std::nullopt;
}

/// The plugin called `owner`, which is opened for its options; null where there is none, or where
/// it is broken: it does not take part.
std::shared_ptr<const PluginLibrary> plugin_called(const std::string& owner,
                                                   const PluginRegistry& registry) {
  const auto kind = kind_of(owner, registry);
  if (!kind) return nullptr;
  try {
    return registry.find(*kind, owner);
  } catch (const Error&) {
    return nullptr;
  }
}

bool is_space(const std::string& owner) {
  return std::ranges::any_of(search_spaces(),
                             [&](const SpaceEntry& entry) { return entry.name == owner; });
}

bool is_objective(const std::string& owner) { return owner == mnasnet_reward_name; }

/// Options of a plugin, space or objective that does not take part must be right as well.
void check_absent(const std::string& owner, const Texts& options, const PluginRegistry& registry) {
  if (is_space(owner)) {
    const OptionValues checked(owner, search_space(owner).options, options);
  } else if (is_objective(owner)) {
    const OptionValues checked(owner, mnasnet_reward_options(), options);
  } else if (const auto library = plugin_called(owner, registry)) {
    const OptionValues checked(owner, library->options(), options);
  }
}

/// "population" has lost its owner.
[[noreturn]] void reject_bare(const Setting& setting, const std::string& option,
                              const OptionOwners& owners) {
  std::vector<std::string> meant;
  for (const auto& [owner, table] : owners) {
    for (const OptionSpec& spec : table) {
      if (option == spec.name) meant.push_back(fmt::format("'{}.{}'", owner, option));
    }
  }
  const std::string mend = meant.empty()
                               ? fmt::format("such as {}.OPTION=VALUE", owners.begin()->first)
                               : fmt::format("did you mean {}?", fmt::join(meant, " or "));
  throw Error(ErrorKind::config,
              fmt::format("{}: an option has its owner in front of it; {}", setting.where, mend));
}

}  // namespace

OwnedOptions options_by_owner(const Settings::Keyed& given, const OptionOwners& owners,
                              const PluginRegistry& registry) {
  std::map<std::string, Texts> texts;
  for (const auto& [key, setting] : given) {
    const std::size_t dot = key.find('.');
    if (dot == std::string::npos) reject_bare(setting, key, owners);
    const std::string owner = key.substr(0, dot);
    const bool may_be_absent = setting.origin != Origin::flag &&
                               (is_space(owner) || is_objective(owner) || kind_of(owner, registry));
    if (!owners.contains(owner) && !may_be_absent) {
      throw Error(ErrorKind::config,
                  fmt::format("{}: nothing called '{}' takes part here{}", setting.where, owner,
                              suggestion(owner, names_of(owners))));
    }
    texts[owner][key.substr(dot + 1)] = setting.values.back();
  }
  OwnedOptions options;
  for (const auto& [owner, table] : owners) {
    options.emplace(owner, OptionValues(owner, table, texts[owner]));
    texts.erase(owner);
  }
  for (const auto& [owner, absent] : texts) check_absent(owner, absent, registry);
  return options;
}

}  // namespace nas::cli
