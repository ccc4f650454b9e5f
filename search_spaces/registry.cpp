#include "search_spaces/registry.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "search_spaces/mbconv.hpp"

namespace nas {

const std::vector<SpaceEntry>& search_spaces() {
  static const std::vector<SpaceEntry> entries = {
      {"mbconv",
       "Stages of inverted bottlenecks: depth and width per stage; kernel, expansion, "
       "squeeze-and-excitation and skip per layer.",
       mbconv_options(), make_mbconv},
  };
  return entries;
}

const SpaceEntry& search_space(const std::string& name) {
  const std::vector<SpaceEntry>& entries = search_spaces();
  const auto found = std::ranges::find(entries, name, &SpaceEntry::name);
  if (found != entries.end()) return *found;
  std::vector<std::string> known;
  for (const SpaceEntry& entry : entries) known.push_back(entry.name);
  throw Error(ErrorKind::config,
              fmt::format("unknown search space '{}'{}", name, suggestion(name, known)));
}

}  // namespace nas
