#include "results/stored_values.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace nas {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::uint64_t quiet_nan = 0x7ff8000000000000u;
constexpr std::uint64_t negative_quiet_nan = 0xfff8000000000000u;
constexpr std::string_view nan_prefix = "NaN:";

template <typename Integer>
std::optional<Integer> whole_number(std::string_view text, int base) {
  Integer number = 0;
  const char* end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc() || last != end) return std::nullopt;
  return number;
}

nlohmann::json stored_number(double value) {
  if (std::isfinite(value)) return value;
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  const auto bits = std::bit_cast<std::uint64_t>(value);
  if (bits == quiet_nan) return "NaN";
  if (bits == negative_quiet_nan) return "-NaN";
  return fmt::format("{}{:016x}", nan_prefix, bits);
}

std::optional<double> number_from_text(const std::string& text) {
  if (text == "Infinity") return infinity;
  if (text == "-Infinity") return -infinity;
  if (text == "NaN") return std::bit_cast<double>(quiet_nan);
  if (text == "-NaN") return std::bit_cast<double>(negative_quiet_nan);
  if (!text.starts_with(nan_prefix)) return std::nullopt;
  const auto bits = whole_number<std::uint64_t>(text.substr(nan_prefix.size()), 16);
  if (!bits || !std::isnan(std::bit_cast<double>(*bits))) return std::nullopt;
  return std::bit_cast<double>(*bits);
}

std::optional<double> number_from_stored(const nlohmann::json& value) {
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return number_from_text(value.get_ref<const std::string&>());
  return std::nullopt;
}

bool fits_int(double value) {
  return value >= std::numeric_limits<int>::min() && value <= std::numeric_limits<int>::max();
}

nlohmann::json parse(const std::string& text) {
  return nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
}

}  // namespace

std::string stored_metrics(const Metrics& metrics) {
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [name, value] : metrics) object[name] = stored_number(value);
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<Metrics> metrics_from_stored(const std::string& text) {
  const nlohmann::json object = parse(text);
  if (!object.is_object()) return std::nullopt;
  Metrics metrics;
  for (const auto& [name, stored] : object.items()) {
    const std::optional<double> value = number_from_stored(stored);
    if (!value) return std::nullopt;
    metrics[name] = *value;
  }
  return metrics;
}

std::string stored_curve(const std::vector<CurvePoint>& curve) {
  nlohmann::json array = nlohmann::json::array();
  for (const CurvePoint& point : curve) {
    array.push_back({stored_number(point.epochs), stored_number(point.value)});
  }
  return array.dump();
}

std::optional<std::vector<CurvePoint>> curve_from_stored(const std::string& text) {
  const nlohmann::json array = parse(text);
  if (!array.is_array()) return std::nullopt;
  std::vector<CurvePoint> curve;
  for (const nlohmann::json& point : array) {
    if (!point.is_array() || point.size() != 2) return std::nullopt;
    const std::optional<double> epochs = number_from_stored(point[0]);
    const std::optional<double> value = number_from_stored(point[1]);
    if (!epochs || !value) return std::nullopt;
    curve.push_back({*epochs, *value});
  }
  return curve;
}

std::optional<Genotype> genotype_from_stored(const std::string& text) {
  const nlohmann::json array = parse(text);
  if (!array.is_array()) return std::nullopt;
  Genotype genotype;
  for (const nlohmann::json& answer : array) {
    if (!answer.is_number_integer() || !fits_int(answer.get<double>())) return std::nullopt;
    genotype.answers.push_back(answer.get<int>());
  }
  return genotype;
}

std::string stored_seed(std::uint64_t seed) { return std::to_string(seed); }

std::optional<std::uint64_t> seed_from_stored(const std::string& text) {
  return whole_number<std::uint64_t>(text, 10);
}

}  // namespace nas
