#include "results/report/short_numbers.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace nas {

nlohmann::json short_number(double value) {
  if (!std::isfinite(value)) return nullptr;
  constexpr double exact_integers = 9e6;
  if (value == std::trunc(value) && std::abs(value) < exact_integers) {
    return static_cast<std::int64_t>(value);
  }
  std::array<char, 32> text{};
  const auto end = fmt::format_to_n(text.data(), text.size(), "{:.7g}", value).out;
  double rounded = value;
  std::from_chars(text.data(), end, rounded);
  if (rounded == std::trunc(rounded) && std::abs(rounded) < 1e15) {
    return static_cast<std::int64_t>(rounded);
  }
  return rounded;
}

nlohmann::json short_numbers(std::span<const double> values) {
  nlohmann::json array = nlohmann::json::array();
  for (const double value : values) array.push_back(short_number(value));
  return array;
}

nlohmann::json short_metrics(const Metrics& metrics) {
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [name, value] : metrics) object[name] = short_number(value);
  return object;
}

}  // namespace nas
