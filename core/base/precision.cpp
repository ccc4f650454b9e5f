#include "core/base/precision.hpp"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.hpp"

namespace nas {
namespace {

constexpr std::pair<Precision, std::string_view> names[] = {{Precision::float32, "float32"},
                                                            {Precision::bf16, "bf16"}};

}  // namespace

std::string_view precision_name(Precision precision) {
  for (const auto& [known, name] : names) {
    if (known == precision) return name;
  }
  throw Error(ErrorKind::internal, "a precision without a name");
}

std::vector<std::string> precision_names() {
  std::vector<std::string> result;
  for (const auto& each : names) result.emplace_back(each.second);
  return result;
}

std::optional<Precision> find_precision(std::string_view name) {
  for (const auto& [precision, known] : names) {
    if (known == name) return precision;
  }
  return {};
}

Precision parse_precision(std::string_view name) {
  if (const auto precision = find_precision(name)) return *precision;
  throw Error(ErrorKind::usage, fmt::format("unknown precision '{}': must be one of {}", name,
                                            fmt::join(precision_names(), ", ")));
}

}  // namespace nas
