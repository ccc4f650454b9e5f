/// The files that the page is made of, embedded when the program is built.
#pragma once

#include <string_view>

namespace nas::page_parts {

extern const std::string_view document;       ///< page.html, with the names of the others in it
extern const std::string_view style;          ///< page.css
extern const std::string_view script;         ///< the .js files, one after the other
extern const std::string_view chart_library;  ///< Chart.js, minified, with its licence notice

}  // namespace nas::page_parts
