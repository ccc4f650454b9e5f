/// The search spaces that come with the program, by name.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/options.hpp"
#include "core/search/search_space.hpp"

namespace nas {

/// A published network that lies in a space or stands beside it.
struct NamedArchitecture {
  std::string name;         ///< "mnasnet-a1"
  std::string description;  ///< with authors and year
  Task task;                ///< what it was published for
  /// For any input that the network fits, and any number of classes.
  std::function<Architecture(const Task& task)> build;
};

struct SpaceEntry {
  std::string name;
  std::string description;
  std::span<const OptionSpec> options;
  /// Throws Error(space) where the task does not suit the space (a resolution too small).
  std::function<std::unique_ptr<SearchSpace>(const Task& task, const OptionValues& options)> make;
  std::vector<NamedArchitecture> named = {};
};

const std::vector<SpaceEntry>& search_spaces();
/// Throws Error(config) on an unknown name, with the nearest one.
const SpaceEntry& search_space(std::string_view name);
/// Throws Error(config) on an unknown name, with the nearest one.
const NamedArchitecture& named_architecture(const SpaceEntry& space, std::string_view name);
/// Likewise that of any space: names are the same everywhere.
const NamedArchitecture& named_architecture(std::string_view name);

}  // namespace nas
