/// The manual page, made from the list of commands and the table of options.
#pragma once

#include <string>

namespace nas::cli {

/// nas(1), in the macros of man(7).
std::string man_page();

}  // namespace nas::cli
