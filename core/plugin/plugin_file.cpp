#include "core/plugin/plugin_file.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "core/plugin/registry.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view suffix = ".so";

std::string prefix(PluginKind kind) { return fmt::format("libnas_{}_", to_string(kind)); }

}  // namespace

std::string plugin_file_name(PluginKind kind, const std::string& name) {
  return fmt::format("{}{}{}", prefix(kind), name, suffix);
}

std::optional<PluginFile> plugin_file(const fs::path& path) {
  const std::string file_name = path.filename().string();
  for (const PluginKind kind : {PluginKind::strategy, PluginKind::estimator}) {
    const std::string start = prefix(kind);
    if (!file_name.starts_with(start) || !file_name.ends_with(suffix)) continue;
    if (file_name.size() <= start.size() + suffix.size()) continue;
    return PluginFile{
        kind, file_name.substr(start.size(), file_name.size() - start.size() - suffix.size()),
        path};
  }
  return std::nullopt;
}

std::vector<fs::path> shared_libraries(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == suffix) files.push_back(entry->path());
  }
  std::ranges::sort(files);
  return files;
}

bool may_hold(const fs::path& file, const std::string& name) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return bytes.find(name + '\0') != std::string::npos;
}

}  // namespace nas
