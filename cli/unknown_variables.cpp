#include "cli/unknown_variables.hpp"

#include <algorithm>
#include <unistd.h>

#include <fmt/format.h>

#include "cli/option_table.hpp"
#include "core/base/text.hpp"

namespace nas::cli {

std::vector<std::string> unknown_variables() {
  std::vector<std::string> known = {"NAS_CONFIG", "NAS_PLUGIN_PATH", "NAS_DATA_PATH"};
  for (const std::string& name : setting_names()) {
    known.push_back(environment_name(option_row(name)));
  }
  std::vector<std::string> warnings;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text(*variable);
    const std::string name(text.substr(0, text.find('=')));
    if (!name.starts_with("NAS_") || std::ranges::find(known, name) != known.end()) continue;
    const auto nearest = nearest_name(name, known);
    warnings.push_back(fmt::format("environment variable '{}' is no setting and is not used{}",
                                   name,
                                   nearest ? fmt::format("; did you mean '{}'?", *nearest) : ""));
  }
  return warnings;
}

}  // namespace nas::cli
