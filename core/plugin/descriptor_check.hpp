/// Whether this program can use what a plugin's descriptor describes.
#pragma once

#include <string>

#include "core/plugin/descriptor.hpp"

namespace nas {

/// Looks at one field after the other, in an order in which each may be trusted once those before
/// it are right. Throws Error(plugin) that names `file`, what was expected, what was found and how
/// to mend it.
void check_descriptor(const NasPluginDescriptor& descriptor, const std::string& file);

}  // namespace nas
