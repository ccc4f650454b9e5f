#include "core/plugin/descriptor_check.hpp"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {
namespace {

constexpr const char* rebuild = "rebuild it with this program's headers and compiler";

[[noreturn]] void reject(const std::string& file, const std::string& what,
                         const std::string& mend) {
  throw Error(ErrorKind::plugin, fmt::format("plugin '{}': {}; {}", file, what, mend));
}

/// A string of the plugin for a message.
std::string quoted(const char* text) { return text ? fmt::format("'{}'", text) : "nothing"; }

void check_tag(const std::string& file, const char* what, const char* found, const char* expected) {
  if (found && std::string_view(found) == expected) return;
  reject(file,
         fmt::format("built with {} {}; this program needs '{}'", what, quoted(found), expected),
         rebuild);
}

bool is_name(const char* name) {
  if (!name || !*name) return false;
  return std::ranges::all_of(std::string_view(name), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.';
  });
}

void check_layout(const NasPluginDescriptor& descriptor, const std::string& file) {
  if (std::memcmp(descriptor.magic, plugin_magic, sizeof plugin_magic) != 0) {
    reject(file, "its symbol 'nas_plugin' is no plugin descriptor: the magic 'NASPLUG' is missing",
           "define the plugin with NAS_STRATEGY or NAS_ESTIMATOR");
  }
  if (descriptor.abi_version != plugin_abi_version) {
    reject(file,
           fmt::format("built for plugin ABI version '{}'; this program has version '{}'",
                       descriptor.abi_version, plugin_abi_version),
           rebuild);
  }
  if (descriptor.descriptor_size < sizeof(NasPluginDescriptor)) {
    reject(file,
           fmt::format("its descriptor has '{}' bytes; this program reads {}",
                       descriptor.descriptor_size, sizeof(NasPluginDescriptor)),
           rebuild);
  }
  check_tag(file, "the compiler", descriptor.compiler, NAS_COMPILER);
  check_tag(file, "the standard library", descriptor.standard_library, NAS_STANDARD_LIBRARY);
}

void check_contents(const NasPluginDescriptor& descriptor, const std::string& file) {
  if (descriptor.kind != PluginKind::strategy && descriptor.kind != PluginKind::estimator) {
    reject(file,
           fmt::format("it is of the unknown kind '{}'; known are 1 (strategy) and 2 (estimator)",
                       static_cast<std::uint32_t>(descriptor.kind)),
           "define it with NAS_STRATEGY or NAS_ESTIMATOR");
  }
  if (!is_name(descriptor.name)) {
    reject(file, fmt::format("its name is {}", quoted(descriptor.name)),
           "give it a name of letters, digits, '-', '_' and '.'");
  }
  if (!descriptor.version || !descriptor.description) {
    reject(file, "it has no version or no description", "give both");
  }
  if (descriptor.option_count > 0 && !descriptor.options) {
    reject(file, fmt::format("it announces {} options and has no table", descriptor.option_count),
           "define it with NAS_STRATEGY or NAS_ESTIMATOR");
  }
  const bool has_factory = descriptor.kind == PluginKind::strategy
                               ? descriptor.make_strategy != nullptr
                               : descriptor.make_estimator != nullptr;
  if (!has_factory) {
    reject(file, fmt::format("it has no factory for '{}'", descriptor.name),
           "define it with NAS_STRATEGY or NAS_ESTIMATOR");
  }
}

}  // namespace

void check_descriptor(const NasPluginDescriptor& descriptor, const std::string& file) {
  check_layout(descriptor, file);
  check_contents(descriptor, file);
}

}  // namespace nas
