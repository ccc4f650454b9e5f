/// Finds, checks and loads plugin libraries.
///
/// Directories are searched in order; the first that has a name wins, and what it shadows is kept
/// for `nas plugin list`. Two plugins of one name in one directory are an error that names both
/// files. A library is never unloaded while an object made by it lives. Built-in plugins take the
/// same road.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/plugin/descriptor.hpp"

namespace nas {

/// An open library whose descriptor has been checked.
class PluginLibrary {
 public:
  /// Throws Error(plugin): no shared library, no `nas_plugin` symbol, another ABI, compiler or
  /// standard library; the message names the file, what was expected, what was found and the mend.
  static std::shared_ptr<const PluginLibrary> open(const std::filesystem::path& file);
  ~PluginLibrary();
  PluginLibrary(const PluginLibrary&) = delete;
  PluginLibrary& operator=(const PluginLibrary&) = delete;

  const std::filesystem::path& file() const;
  PluginKind kind() const;
  std::string name() const;
  std::string version() const;
  std::string description() const;
  std::span<const OptionSpec> options() const;

  /// Throws Error(plugin) where the factory throws or is of the other kind; Error(config) where it
  /// throws that: the strategy does not take the space, or its options do not fit together.
  std::shared_ptr<Strategy> make_strategy(const StrategyContext& context) const;
  std::shared_ptr<Estimator> make_estimator() const;

 private:
  PluginLibrary();
  struct Handle;
  std::unique_ptr<Handle> handle_;
  std::weak_ptr<const PluginLibrary> self_;
};

struct PluginEntry {
  PluginKind kind;
  std::string name;
  std::filesystem::path file;
  std::shared_ptr<const PluginLibrary> library;  ///< null where it could not be loaded
  std::string problem;                           ///< why not
  std::vector<std::filesystem::path> shadows;    ///< files of the same name further down the path
};

class PluginRegistry {
 public:
  /// Directories that do not exist are passed over. A file `libnas_<kind>_<name>.so` is opened only
  /// when it is asked for, so that starting up stays quick.
  explicit PluginRegistry(std::vector<std::filesystem::path> directories);

  /// Throws Error(plugin): unknown name (with the nearest one), two files of one name in the
  /// directory that wins, or whatever PluginLibrary::open has to say.
  std::shared_ptr<const PluginLibrary> find(PluginKind kind, const std::string& name) const;
  /// Opens everything. Problems are in the entries.
  std::vector<PluginEntry> list() const;
  std::vector<std::string> names(PluginKind kind) const;
  const std::vector<std::filesystem::path>& directories() const { return directories_; }

 private:
  std::vector<std::filesystem::path> directories_;
};

std::string to_string(PluginKind kind);

}  // namespace nas
