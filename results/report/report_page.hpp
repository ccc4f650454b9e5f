/// The page of a report.
#pragma once

#include <string>

#include "results/report/report.hpp"

namespace nas {

/// One HTML document with everything in it: style, script, chart library, data, pictures. It asks
/// for nothing from elsewhere, and its content security policy forbids it to.
std::string report_page(const Report& report);

}  // namespace nas
