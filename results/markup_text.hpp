/// Text within HTML and SVG.
#pragma once

#include <string>
#include <string_view>

namespace nas {

/// `text` as content of an element or an attribute in double quotes: & < > " as their entities.
std::string markup_text(std::string_view text);

}  // namespace nas
