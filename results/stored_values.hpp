/// How values are written in the cells of the database: as text that a person can read and that
/// gives back every bit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/search/trial.hpp"

namespace nas {

/// A JSON object. What JSON has no number for is a text: "Infinity", "-Infinity", and NaN as "NaN",
/// "-NaN" or, with an unusual payload, "NaN:" and the 16 hexadecimal digits of its bits.
std::string stored_metrics(const Metrics& metrics);
/// Nothing where `text` is not what `stored_metrics` writes; likewise below.
std::optional<Metrics> metrics_from_stored(const std::string& text);

/// A JSON array of [epochs, value], whose values are written as those of metrics.
std::string stored_curve(const std::vector<CurvePoint>& curve);
std::optional<std::vector<CurvePoint>> curve_from_stored(const std::string& text);

std::optional<Genotype> genotype_from_stored(const std::string& text);

/// Decimal digits: SQLite's integers are signed and would show half of all seeds as negative.
std::string stored_seed(std::uint64_t seed);
std::optional<std::uint64_t> seed_from_stored(const std::string& text);

}  // namespace nas
