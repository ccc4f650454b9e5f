#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace nas {
namespace {

/// Nothing unless all of `text` is one number that T can hold.
template <typename T>
std::optional<T> parse_whole(std::string_view text) {
  T value{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

struct Unit {
  std::string_view suffix;
  double factor;
};
constexpr std::array<Unit, 6> quantity_units{{{"KiB", 1024.0},
                                              {"MiB", 1024.0 * 1024},
                                              {"GiB", 1024.0 * 1024 * 1024},
                                              {"k", 1e3},
                                              {"M", 1e6},
                                              {"G", 1e9}}};

/// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours, each of
/// cost 1. Letters count as equal in either case.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  const auto same = [&](std::size_t i, std::size_t j) { return lower(a[i]) == lower(b[j]); };
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before = std::exchange(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (same(i - 1, j - 1) ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && same(i - 1, j - 2) && same(i - 2, j - 1);
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

/// Three significant digits, or a whole number where `value` is below `base` and whole.
std::string scaled(double value, double base, const std::vector<std::string_view>& units) {
  if (!std::isfinite(value)) return "unknown";
  std::size_t unit = 0;
  // 999.5 would be printed as "1000": it belongs to the next unit.
  const double limit = base == 1000 ? 999.5 : base - 0.5;
  while (std::abs(value) >= limit && unit + 1 < units.size()) {
    value /= base;
    ++unit;
  }
  const bool plain = unit == 0 && value == std::floor(value);
  const double size = std::abs(value);
  const int decimals = plain ? 0 : size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
  const std::string number = fmt::format("{:.{}f}", value, decimals);
  return units[unit].empty() ? number : fmt::format("{} {}", number, units[unit]);
}

}  // namespace

std::optional<double> parse_quantity(std::string_view text) {
  for (const Unit& unit : quantity_units) {
    if (!text.ends_with(unit.suffix)) continue;
    const auto number = parse_real(text.substr(0, text.size() - unit.suffix.size()));
    if (!number || !std::isfinite(*number * unit.factor)) return std::nullopt;
    return *number * unit.factor;
  }
  return parse_real(text);
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  return parse_whole<std::int64_t>(text);
}

std::optional<std::uint64_t> parse_natural(std::string_view text) {
  return parse_whole<std::uint64_t>(text);
}

std::optional<double> parse_real(std::string_view text) {
  const auto value = parse_whole<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<std::string> nearest_name(std::string_view name,
                                        const std::vector<std::string>& candidates) {
  // One error in three letters still reads as a typing error; more is another word.
  const std::size_t tolerated = std::max<std::size_t>(1, name.size() / 3);
  std::optional<std::pair<std::size_t, std::string>> best;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance > tolerated || distance >= std::min(name.size(), candidate.size())) continue;
    const std::pair found(distance, candidate);
    if (!best || found < *best) best = found;
  }
  return best ? std::optional(best->second) : std::nullopt;
}

std::string suggestion(std::string_view name, const std::vector<std::string>& candidates) {
  if (candidates.empty()) return " (none are known)";
  const auto near = nearest_name(name, candidates);
  return fmt::format("{} (known: {})", near ? fmt::format("; did you mean '{}'?", *near) : "",
                     fmt::join(candidates, ", "));
}

std::string counted(double count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string human_count(double value) { return scaled(value, 1000, {"", "k", "M", "G", "T", "P"}); }

std::string human_bytes(double bytes) {
  return scaled(bytes, 1024, {"B", "KiB", "MiB", "GiB", "TiB", "PiB"});
}

std::string human_seconds(double seconds) {
  if (!std::isfinite(seconds) || std::abs(seconds) > 1e12) return "unknown";
  if (seconds < 0) return fmt::format("-{}", human_seconds(-seconds));
  if (seconds < 9.95) return fmt::format("{:.1f}s", seconds);
  const std::int64_t whole = std::llround(seconds);
  if (whole < 60) return fmt::format("{}s", whole);
  if (whole < 3600) return fmt::format("{}m {}s", whole / 60, whole % 60);
  if (whole < 86400) return fmt::format("{}h {}m", whole / 3600, whole % 3600 / 60);
  return fmt::format("{}d {}h", whole / 86400, whole % 86400 / 3600);
}

}  // namespace nas
