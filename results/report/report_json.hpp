/// What the page knows of a report.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "results/report/report.hpp"

namespace nas {

/// Everything that the page's script draws, in columns, with seven significant digits: the object
/// that REPORT.md describes. `null` stands for what is no finite number.
nlohmann::json report_json(const Report& report);

}  // namespace nas
