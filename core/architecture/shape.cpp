#include "core/architecture/shape.hpp"

#include <fmt/format.h>

namespace nas {

std::string Shape::text() const { return fmt::format("{}x{}x{}", channels, height, width); }

}  // namespace nas
