/// Plugins of the build tree, loaded as the program loads them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/plugin/registry.hpp"
#include "tests/search/fakes.hpp"

namespace nas {

using Given = std::map<std::string, std::string>;

inline PluginRegistry built_plugins() { return PluginRegistry({BUILT_PLUGINS}); }

inline OptionValues options_of(const PluginLibrary& library, const Given& given) {
  return {library.name(), library.options(), given};
}

inline std::shared_ptr<Strategy> make_strategy(const PluginLibrary& library,
                                               const SearchSpace& space, const Given& given = {},
                                               std::uint64_t seed = 3) {
  static const std::vector<Objective> objectives = {{"val_accuracy", true}};
  const OptionValues options = options_of(library, given);
  return library.make_strategy({space, objectives, seed, 4, options});
}

inline std::shared_ptr<Strategy> built_strategy(const std::string& name, const SearchSpace& space,
                                                const Given& given = {}, std::uint64_t seed = 3) {
  return make_strategy(*built_plugins().find(PluginKind::strategy, name), space, given, seed);
}

/// A search with a strategy of the build tree over fake parts.
inline SearchOutcome search_with(const std::shared_ptr<Strategy>& strategy, fake::Search& search,
                                 std::span<const Trial> previous = {}) {
  return run_search(
      search.settings,
      {search.space, *strategy, search.estimator, *search.executor, search.cancel, search.journal},
      previous);
}

}  // namespace nas
