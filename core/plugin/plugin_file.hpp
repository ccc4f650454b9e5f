/// How plugin files are named.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/plugin/descriptor.hpp"

namespace nas {

/// "libnas_strategy_evolution.so".
std::string plugin_file_name(PluginKind kind, const std::string& name);

struct PluginFile {
  PluginKind kind;
  std::string name;
  std::filesystem::path path;
};
/// What the name of the file says; nothing where it is not named like a plugin.
std::optional<PluginFile> plugin_file(const std::filesystem::path& path);

/// The shared libraries in `directory`, however they are named, in the order of their names. A
/// directory that cannot be read has none.
std::vector<std::filesystem::path> shared_libraries(const std::filesystem::path& directory);

/// Whether the bytes of the file hold `name` as the end of a C string: without that, no plugin in
/// it has this name. Reading is safe and quick, loading runs code.
bool may_hold(const std::filesystem::path& file, const std::string& name);

}  // namespace nas
