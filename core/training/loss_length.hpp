/// What every loss checks of the values that it is given.
#pragma once

#include <cstddef>
#include <string_view>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {

/// Throws Error(internal): "a loss got '<length>' <what>; it needs <expected>".
inline void check_loss_length(std::string_view what, std::size_t length, std::size_t expected) {
  if (length == expected) return;
  throw Error(ErrorKind::internal,
              fmt::format("a loss got '{}' {}; it needs {}", length, what, expected));
}

}  // namespace nas
