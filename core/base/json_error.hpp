/// What to tell people of damaged JSON.
#pragma once

#include <exception>
#include <string_view>

namespace nas {

/// What nlohmann::json says, without the name of the exception in front. As long as `error`.
inline std::string_view json_error(const std::exception& error) {
  const std::string_view text = error.what();
  const std::size_t name = text.starts_with('[') ? text.find("] ") : text.npos;
  return name == text.npos ? text : text.substr(name + 2);
}

}  // namespace nas
