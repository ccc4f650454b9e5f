/// Tasks and shapes as people type them.
#pragma once

#include <string>

#include "core/architecture/shape.hpp"

namespace nas::cli {

/// "3x32x32". Throws Error(usage).
Shape parse_shape(const std::string& text);
/// From --input and --classes. Throws Error(usage).
Task parse_task(const std::string& input, const std::string& classes);

}  // namespace nas::cli
