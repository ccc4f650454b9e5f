/// The search spaces that come with the program, by name.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/options.hpp"
#include "core/search/search_space.hpp"

namespace nas {

struct SpaceEntry {
  std::string name;
  std::string description;
  std::span<const OptionSpec> options;
  /// Throws Error(space) where the task does not suit the space (a resolution too small).
  std::unique_ptr<SearchSpace> (*make)(const Task& task, const OptionValues& options);
};

const std::vector<SpaceEntry>& search_spaces();
/// Throws Error(config) on an unknown name, with the nearest one.
const SpaceEntry& search_space(const std::string& name);

}  // namespace nas
