/// The descriptor inside a shared library.
#pragma once

#include <filesystem>
#include <memory>

#include "core/plugin/descriptor.hpp"

namespace nas {

struct LoadedDescriptor {
  std::shared_ptr<void> library;          ///< keeps it open
  const NasPluginDescriptor* descriptor;  ///< checked
};

/// Loads `file` and checks its descriptor, whatever the file's name. Throws Error(plugin).
LoadedDescriptor load_descriptor(const std::filesystem::path& file);

}  // namespace nas
