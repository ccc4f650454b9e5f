#include "cli/unused_variables.hpp"

#include <algorithm>
#include <cctype>
#include <unistd.h>

#include <fmt/format.h>

#include "cli/option_table.hpp"
#include "core/base/text.hpp"

namespace nas::cli {

namespace {

constexpr std::string_view prefix = "NAS_";

/// NAS_EVOLUTION_POPULATION=64 -> "evolution.population=64"; empty where there is no second part.
std::string as_plugin_option(std::string_view name, std::string_view value) {
  std::string text(name.substr(prefix.size()));
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::size_t underscore = text.find('_');
  if (underscore == std::string::npos) return {};
  text[underscore] = '.';
  return fmt::format("{}={}", text, value);
}

std::string no_setting(const std::string& name, std::string_view value,
                       const std::vector<std::string>& known) {
  std::string problem =
      fmt::format("environment variable '{}' is no setting and is not used", name);
  if (const auto nearest = nearest_name(name, known)) {
    return fmt::format("{}; did you mean '{}'?", problem, *nearest);
  }
  const std::string option = as_plugin_option(name, value);
  if (option.empty()) return problem;
  return fmt::format("{}; options of plugins and spaces go by NAS_SET='{}'", problem, option);
}

}  // namespace

std::vector<std::string> unused_variables(const Command& command) {
  std::vector<std::string> taken;
  for (const std::string_view option : command.options) {
    if (option_row(option).setting) taken.push_back(environment_name(option_row(option)));
  }
  if (taken.empty()) return {};
  std::vector<std::string> settings;
  for (const std::string& name : setting_names()) {
    settings.push_back(environment_name(option_row(name)));
  }
  std::vector<std::string> known = {"NAS_CONFIG", "NAS_PLUGIN_PATH", "NAS_DATA_PATH"};
  known.insert(known.end(), settings.begin(), settings.end());
  std::vector<std::string> warnings;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text(*variable);
    const std::size_t equals = std::min(text.find('='), text.size());
    const std::string name(text.substr(0, equals));
    const auto is_among = [&](const std::vector<std::string>& names) {
      return std::ranges::find(names, name) != names.end();
    };
    if (!name.starts_with(prefix)) continue;
    if (!is_among(known)) {
      const std::string_view value = text.substr(std::min(equals + 1, text.size()));
      warnings.push_back(no_setting(name, value, known));
    } else if (command.name == "resume" && is_among(settings) && !is_among(taken)) {
      warnings.push_back(fmt::format(
          "environment variable '{}' is not used: 'nas resume' goes on as the run started", name));
    }
  }
  return warnings;
}

}  // namespace nas::cli
