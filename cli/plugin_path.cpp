#include "cli/plugin_path.hpp"

#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/progress.hpp"
#include "core/base/error.hpp"

namespace nas::cli {

namespace fs = std::filesystem;

namespace {

std::optional<fs::path> user_data_directory(const Environment& environment) {
  if (const auto data = environment("XDG_DATA_HOME"); data && !data->empty()) return *data;
  if (const auto home = environment("HOME"); home && !home->empty()) {
    return fs::path(*home) / ".local" / "share";
  }
  return std::nullopt;
}

}  // namespace

std::vector<fs::path> plugin_path(const Arguments& arguments, const Environment& environment) {
  std::vector<fs::path> directories;
  for (const std::string& given : arguments.values("plugin-dir")) {
    std::error_code ignored;
    if (!fs::is_directory(given, ignored)) {
      throw Error(ErrorKind::config,
                  fmt::format("--plugin-dir '{}': must be an existing directory", given));
    }
    directories.emplace_back(given);
  }
  std::istringstream listed(environment("NAS_PLUGIN_PATH").value_or(""));
  for (std::string directory; std::getline(listed, directory, ':');) {
    if (directory.empty()) continue;
    std::error_code ignored;
    if (!fs::is_directory(directory, ignored)) {
      warn(fmt::format("NAS_PLUGIN_PATH names '{}', which is no directory", directory));
    }
    directories.emplace_back(directory);
  }
  if (const auto data = user_data_directory(environment)) {
    directories.push_back(*data / "nas" / "plugins");
  }
  std::error_code unreadable;
  const fs::path program = fs::read_symlink("/proc/self/exe", unreadable);
  if (!unreadable) {
    directories.push_back(program.parent_path().parent_path() / NAS_INSTALLED_PLUGINS);
    directories.push_back(program.parent_path() / "plugins");
  }
  return directories;
}

std::vector<fs::path> plugin_path_of(const RunDirectory& run, const Arguments& arguments,
                                     const Environment& environment) {
  std::vector<fs::path> path = plugin_path(arguments, environment);
  auto place = path.begin() + std::ssize(arguments.values("plugin-dir"));
  for (const char* file : {"/plugins/strategy/file", "/plugins/estimator/file"}) {
    const nlohmann::json::json_pointer pointer(file);
    if (!run.environment().contains(pointer)) continue;
    const fs::path directory =
        fs::path(run.environment().at(pointer).get<std::string>()).parent_path();
    place = path.insert(place, directory) + 1;
  }
  return path;
}

}  // namespace nas::cli
