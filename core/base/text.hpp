/// Reading what people type: numbers with units, names with typing errors.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nas {

/// A number with an optional suffix `k`, `M`, `G` (powers of 1000) or `KiB`, `MiB`, `GiB` (powers
/// of 1024), such as "320KiB" or "2.5M". Nothing where `text` is anything else, or overflows.
std::optional<double> parse_quantity(std::string_view text);
/// A whole number in decimal, nothing else around it; nothing where it is none or overflows.
std::optional<std::int64_t> parse_integer(std::string_view text);
/// Likewise, from 0 to 2^64 - 1.
std::optional<std::uint64_t> parse_natural(std::string_view text);
/// A finite decimal number.
std::optional<double> parse_real(std::string_view text);

/// The candidate with the smallest edit distance to `name`, if one is near enough to be meant.
std::optional<std::string> nearest_name(std::string_view name,
                                        const std::vector<std::string>& candidates);
/// "; did you mean 'x'? (known: a, b, x)", the tail of a message about an unknown name.
std::string suggestion(std::string_view name, const std::vector<std::string>& candidates);

/// "1 epoch", "2.5 epochs": with an s unless there is exactly one.
std::string counted(double count, std::string_view noun);
/// 1234567 -> "1.23 M"; three significant digits, powers of 1000.
std::string human_count(double value);
/// 98304 -> "96.0 KiB"; powers of 1024.
std::string human_bytes(double bytes);
/// 83.2 -> "1m 23s".
std::string human_seconds(double seconds);

}  // namespace nas
