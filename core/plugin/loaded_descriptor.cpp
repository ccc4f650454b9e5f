#include "core/plugin/loaded_descriptor.hpp"

#include <dlfcn.h>
#include <exception>
#include <string_view>

#include <boost/dll/shared_library.hpp>
#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/plugin/descriptor_check.hpp"

namespace nas {
namespace {

namespace dll = boost::dll;

// Stays in memory until the process ends: an exception that a plugin has thrown may outlive every
// other object made by it.
constexpr auto mode = static_cast<dll::load_mode::type>(
    static_cast<unsigned>(dll::load_mode::rtld_now) |
    static_cast<unsigned>(dll::load_mode::rtld_local) | static_cast<unsigned>(RTLD_NODELETE));

/// What the dynamic loader said, without the name of the file and what Boost wraps it in.
std::string loader_message(std::string_view text, const std::filesystem::path& file) {
  constexpr std::string_view opening = "(dlerror system message: ";
  const std::size_t begin = text.find(opening);
  const std::size_t end = text.rfind(')');
  if (begin == std::string_view::npos || end == std::string_view::npos) return std::string(text);
  text = text.substr(begin + opening.size(), end - begin - opening.size());
  const std::string name = std::filesystem::absolute(file).string() + ": ";
  return std::string(text.starts_with(name) ? text.substr(name.size()) : text);
}

std::shared_ptr<dll::shared_library> load(const std::filesystem::path& file) {
  if (!std::filesystem::is_regular_file(file)) {
    throw Error(ErrorKind::plugin,
                fmt::format("plugin '{}': there is no such file", file.string()));
  }
  try {
    return std::make_shared<dll::shared_library>(std::filesystem::absolute(file), mode);
  } catch (const std::exception& error) {
    throw Error(ErrorKind::plugin,
                fmt::format("plugin '{}': cannot be loaded as a shared library ({}); if it is one, "
                            "rebuild it with this program's headers and compiler",
                            file.string(), loader_message(error.what(), file)));
  }
}

}  // namespace

LoadedDescriptor load_descriptor(const std::filesystem::path& file) {
  const std::shared_ptr<dll::shared_library> library = load(file);
  if (!library->has("nas_plugin")) {
    throw Error(
        ErrorKind::plugin,
        fmt::format("plugin '{}': it exports no symbol 'nas_plugin'; define the plugin with "
                    "NAS_STRATEGY or NAS_ESTIMATOR",
                    file.string()));
  }
  const auto& descriptor = library->get<const NasPluginDescriptor>("nas_plugin");
  check_descriptor(descriptor, file.string());
  return {library, &descriptor};
}

}  // namespace nas
