#include "results/json_fields.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace nas {
namespace {

/// Long enough to find the place by, short enough for a message.
std::string excerpt(const nlohmann::json& value) {
  constexpr std::size_t longest = 60;
  std::string text =
      value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);  // ASCII: may be cut
  return text.size() <= longest ? text : text.substr(0, longest) + "...";
}

}  // namespace

JsonFields::JsonFields(const nlohmann::json& object, std::string source, std::string path)
    : object_(object), source_(std::move(source)), path_(std::move(path)) {
  if (!object_.is_object()) {
    throw Error(
        ErrorKind::run_directory,
        fmt::format("'{}': {} must be an object, but is '{}'", source_,
                    path_.empty() ? "the whole" : "field '" + path_ + "'", excerpt(object_)));
  }
}

std::string JsonFields::full_name(const std::string& name) const {
  return path_.empty() ? name : path_ + "." + name;
}

const nlohmann::json& JsonFields::field(const std::string& name) {
  known_.push_back(name);
  const auto found = object_.find(name);
  if (found == object_.end()) {
    throw Error(ErrorKind::run_directory,
                fmt::format("'{}': field '{}' is missing", source_, full_name(name)));
  }
  return *found;
}

void JsonFields::wrong(const std::string& name, const nlohmann::json& value,
                       const std::string& expected) const {
  throw Error(ErrorKind::run_directory,
              fmt::format("'{}': field '{}' must be {}, but is '{}'", source_, full_name(name),
                          expected, excerpt(value)));
}

std::string JsonFields::text(const std::string& name) {
  const nlohmann::json& value = field(name);
  if (!value.is_string()) wrong(name, value, "a text");
  return value.get<std::string>();
}

bool JsonFields::boolean(const std::string& name) {
  const nlohmann::json& value = field(name);
  if (!value.is_boolean()) wrong(name, value, "true or false");
  return value.get<bool>();
}

double JsonFields::real(const std::string& name) {
  const nlohmann::json& value = field(name);
  if (!value.is_number()) wrong(name, value, "a number");
  return value.get<double>();
}

std::uint64_t JsonFields::natural(const std::string& name) {
  const nlohmann::json& value = field(name);
  const bool fits =
      value.is_number_unsigned() || (value.is_number_integer() && value.get<std::int64_t>() >= 0);
  if (!fits) wrong(name, value, "a whole number from 0 to 2^64 - 1");
  return value.get<std::uint64_t>();
}

std::int64_t JsonFields::integer(const std::string& name, std::int64_t minimum,
                                 std::int64_t maximum) {
  const nlohmann::json& value = field(name);
  const auto expected = [&] {
    return fmt::format("a whole number from {} to {}", minimum, maximum);
  };
  if (!value.is_number_integer()) wrong(name, value, expected());
  if (value.is_number_unsigned() &&
      value.get<std::uint64_t>() > std::uint64_t(std::numeric_limits<std::int64_t>::max())) {
    wrong(name, value, expected());
  }
  const auto number = value.get<std::int64_t>();
  if (number < minimum || number > maximum) wrong(name, value, expected());
  return number;
}

int JsonFields::small_integer(const std::string& name) {
  return static_cast<int>(
      integer(name, std::numeric_limits<int>::min(), std::numeric_limits<int>::max()));
}

const nlohmann::json& JsonFields::object(const std::string& name) {
  const nlohmann::json& value = field(name);
  if (!value.is_object()) wrong(name, value, "an object");
  return value;
}

const nlohmann::json& JsonFields::array(const std::string& name) {
  const nlohmann::json& value = field(name);
  if (!value.is_array()) wrong(name, value, "an array");
  return value;
}

void JsonFields::no_others() const {
  for (const auto& [name, value] : object_.items()) {
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    throw Error(ErrorKind::run_directory, fmt::format("'{}': unknown field '{}'{}", source_,
                                                      full_name(name), suggestion(name, known_)));
  }
}

}  // namespace nas
