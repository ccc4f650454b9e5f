#include "core/architecture/json_reading.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace nas {

using nlohmann::json;

std::string shown(const json* value) {
  if (value == nullptr) return "missing";
  return value->is_primitive() ? value->dump() : fmt::format("an {}", value->type_name());
}

const json* member(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

void check_keys(const json& object, const std::string& where,
                const std::vector<std::string>& known) {
  for (const auto& [key, value] : object.items()) {
    if (std::ranges::find(known, key) == known.end()) {
      throw Error(ErrorKind::space,
                  fmt::format("{}: unknown key '{}'{}", where, key, suggestion(key, known)));
    }
  }
}

}  // namespace nas
