/// Numbers as a page takes them: with seven significant digits, which is what an eye, or a table,
/// can make use of, in half the bytes. `null` stands for what is no finite number.
#pragma once

#include <span>

#include <nlohmann/json_fwd.hpp>

#include "core/search/trial.hpp"

namespace nas {

nlohmann::json short_number(double value);
nlohmann::json short_numbers(std::span<const double> values);
nlohmann::json short_metrics(const Metrics& metrics);

}  // namespace nas
