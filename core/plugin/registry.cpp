#include "core/plugin/registry.hpp"

#include <map>
#include <set>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/plugin/loaded_descriptor.hpp"
#include "core/plugin/plugin_file.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

bool holds(const fs::path& file, PluginKind kind, const std::string& name) {
  try {
    const LoadedDescriptor loaded = load_descriptor(file);
    return loaded.descriptor->kind == kind && loaded.descriptor->name == name;
  } catch (const Error&) {
    return false;  // a broken neighbour is its own affair
  }
}

/// Throws where another file beside `winner` holds a plugin of the same kind and name.
void check_unique(const PluginFile& winner) {
  for (const fs::path& other : shared_libraries(winner.path.parent_path())) {
    std::error_code broken_link;
    if (fs::equivalent(other, winner.path, broken_link) || broken_link) continue;
    if (!may_hold(other, winner.name)) continue;
    if (!holds(other, winner.kind, winner.name)) continue;
    throw Error(
        ErrorKind::plugin,
        fmt::format("two files of one directory hold the {} '{}': '{}' and '{}'; remove "
                    "one of them",
                    to_string(winner.kind), winner.name, winner.path.string(), other.string()));
  }
}

PluginEntry make_entry(const PluginFile& file) {
  PluginEntry entry{file.kind, file.name, file.path, nullptr, {}, {}};
  try {
    check_unique(file);
    entry.library = PluginLibrary::open(file.path);
  } catch (const Error& error) {
    entry.problem = error.what();
  }
  return entry;
}

std::vector<PluginFile> plugin_files(const fs::path& directory) {
  std::vector<PluginFile> files;
  for (const fs::path& path : shared_libraries(directory)) {
    if (auto file = plugin_file(path)) files.push_back(std::move(*file));
  }
  return files;
}

std::string listing(const std::vector<fs::path>& directories) {
  std::vector<std::string> names;
  names.reserve(directories.size());
  for (const fs::path& directory : directories) names.push_back(directory.string());
  return names.empty() ? "no directory" : fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

PluginRegistry::PluginRegistry(std::vector<fs::path> directories)
    : directories_(std::move(directories)) {}

std::shared_ptr<const PluginLibrary> PluginRegistry::find(PluginKind kind,
                                                          const std::string& name) const {
  const bool is_path = name.find('/') != std::string::npos;
  for (const fs::path& directory : directories_) {
    const fs::path file = directory / plugin_file_name(kind, name);
    if (is_path || !fs::exists(file)) continue;
    check_unique({kind, name, file});
    return PluginLibrary::open(file);
  }
  throw Error(ErrorKind::plugin,
              fmt::format("unknown {} '{}'{}; plugins are looked for in: {}", to_string(kind), name,
                          suggestion(name, names(kind)), listing(directories_)));
}

std::vector<PluginEntry> PluginRegistry::list() const {
  std::map<std::pair<PluginKind, std::string>, PluginEntry> entries;
  for (const fs::path& directory : directories_) {
    for (const PluginFile& file : plugin_files(directory)) {
      const auto known = entries.find({file.kind, file.name});
      if (known == entries.end()) {
        entries.emplace(std::pair(file.kind, file.name), make_entry(file));
      } else {
        known->second.shadows.push_back(file.path);
      }
    }
  }
  std::vector<PluginEntry> result;
  result.reserve(entries.size());
  for (auto& [key, entry] : entries) result.push_back(std::move(entry));
  return result;
}

std::vector<std::string> PluginRegistry::names(PluginKind kind) const {
  std::set<std::string> names;
  for (const fs::path& directory : directories_) {
    for (const PluginFile& file : plugin_files(directory)) {
      if (file.kind == kind) names.insert(file.name);
    }
  }
  return {names.begin(), names.end()};
}

}  // namespace nas
