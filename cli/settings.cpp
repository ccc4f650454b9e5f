#include "cli/settings.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "cli/defaults.hpp"
#include "cli/option_table.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace nas::cli {

namespace {

bool is_keyed(std::string_view name) { return name == "set" || name == "max" || name == "budget"; }

/// What an option with keys looks like.
std::string_view example_of(std::string_view keyed) {
  if (keyed == "set") return "evolution.population=64";
  return keyed == "max" ? "ram_int8=320KiB" : "cost=20000";
}

[[noreturn]] void reject(const Setting& setting, std::string_view allowed) {
  const ErrorKind kind = setting.origin == Origin::flag ? ErrorKind::usage : ErrorKind::config;
  throw Error(kind, fmt::format("{} '{}': must be {}", setting.where,
                                setting.values.empty() ? "" : setting.values.back(), allowed));
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

/// Keys with a dot are limits, budgets and options of plugins and spaces, "[evolution] population"
/// for instance.
bool is_owned(const std::string& key) { return key.find('.') != std::string::npos; }

}  // namespace

std::string to_string(Origin origin) {
  switch (origin) {
    case Origin::standard:
      return "default";
    case Origin::file:
      return "file";
    case Origin::environment:
      return "environment";
    case Origin::flag:
      return "flag";
  }
  return {};
}

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

Settings::Settings(const Arguments& arguments, const Environment& environment) {
  for (const std::string_view name : arguments.command->options) {
    const OptionRow& row = option_row(name);
    if (!row.setting) continue;
    std::vector<std::string> values;
    if (!row.default_value.empty()) values.emplace_back(row.default_value);
    take(name, {values, Origin::standard, fmt::format("default of '--{}'", name)});
  }
  if (keyed_.contains("max")) {
    take("max", {{fmt::format("macs={}", default_macs_limit)}, Origin::standard, "default limit"});
  }
  std::optional<std::string> file = arguments.value("config");
  if (!file) file = environment("NAS_CONFIG");
  if (file && !file->empty()) take_file(*file);
  take_environment(arguments, environment);
  take_flags(arguments);
}

void Settings::take(std::string_view name, Setting setting) {
  if (!is_keyed(name)) {
    settings_.insert_or_assign(std::string(name), std::move(setting));
    return;
  }
  Keyed& keyed = keyed_[std::string(name)];
  for (const std::string& value : setting.values) {
    const std::size_t equals = value.find('=');
    if (equals == std::string::npos || equals == 0) {
      reject({{value}, setting.origin, setting.where},
             fmt::format("{}, such as {}", option_row(name).value, example_of(name)));
    }
    keyed.insert_or_assign(value.substr(0, equals),
                           Setting{{value.substr(equals + 1)},
                                   setting.origin,
                                   fmt::format("{} {}", setting.where, value.substr(0, equals))});
  }
}

void Settings::take_flags(const Arguments& arguments) {
  for (const auto& [name, values] : arguments.given) {
    const OptionRow& row = option_row(name);
    if (!row.setting) continue;
    take(name, {row.is_switch() ? std::vector<std::string>{"true"} : values, Origin::flag,
                fmt::format("--{}", name)});
  }
}

void Settings::take_environment(const Arguments& arguments, const Environment& environment) {
  for (const std::string_view name : arguments.command->options) {
    const OptionRow& row = option_row(name);
    if (!row.setting) continue;
    const std::string variable = environment_name(row);
    const auto value = environment(variable);
    if (!value) continue;
    take(name, {row.repeatable ? words_of(*value) : std::vector<std::string>{*value},
                Origin::environment, variable});
  }
}

void Settings::take_file(const std::string& file) {
  namespace po = boost::program_options;
  std::ifstream stream(file);
  std::ostringstream content;
  if (!(content << stream.rdbuf())) {
    throw Error(ErrorKind::io, fmt::format("reading the configuration '{}' failed; --config needs "
                                           "a readable INI file",
                                           file));
  }
  std::istringstream text(content.str());
  std::map<std::string, std::vector<std::string>> values;
  try {
    const po::options_description nothing_declared;
    for (const po::option& option : po::parse_config_file(text, nothing_declared, true).options) {
      auto& list = values[option.string_key];
      list.insert(list.end(), option.value.begin(), option.value.end());
    }
  } catch (const po::error& error) {
    throw Error(ErrorKind::config,
                fmt::format("configuration '{}': {}; lines are 'key = value', '[section]' or "
                            "'# comment'",
                            file, error.what()));
  }
  const std::vector<std::string> known = setting_names();
  for (auto& [key, list] : values) {
    const std::string where = fmt::format("'{}' in {}", key, file);
    if (is_owned(key)) {
      // "max.macs = 3M", as `nas config show` prints it, and "[evolution] population = 64".
      const std::string first = key.substr(0, key.find('.'));
      const std::string name = is_keyed(first) ? first : "set";
      const std::string own_key = name == "set" ? key : key.substr(first.size() + 1);
      if (keyed_.contains(name)) {
        keyed_[name].insert_or_assign(own_key, Setting{{list.back()}, Origin::file, where});
      }
      continue;
    }
    if (std::ranges::find(known, key) == known.end()) {
      throw Error(ErrorKind::config, fmt::format("configuration '{}': unknown setting '{}'{}", file,
                                                 key, suggestion(key, known)));
    }
    const OptionRow& row = option_row(key);
    if (list.size() > 1 && !row.repeatable) {
      throw Error(ErrorKind::config, fmt::format("configuration '{}': '{}' is given {} times", file,
                                                 key, list.size()));
    }
    if (list.back() == default_text(row)) continue;
    if (row.repeatable) list = words_of(fmt::format("{}", fmt::join(list, " ")));
    if (settings_.contains(key) || keyed_.contains(key)) take(key, {list, Origin::file, where});
  }
}

const Setting& Settings::setting(std::string_view name) const {
  const auto found = settings_.find(name);
  if (found == settings_.end()) {
    throw Error(ErrorKind::internal, fmt::format("'{}' is no setting of this command", name));
  }
  return found->second;
}

const std::string& Settings::text(std::string_view name) const {
  const Setting& found = setting(name);
  if (found.values.empty() || found.values.back().empty()) reject(found, "given");
  return found.values.back();
}

bool Settings::enabled(std::string_view name) const {
  const std::string& value = text(name);
  if (value == "true" || value == "1" || value == "yes") return true;
  if (value == "false" || value == "0" || value == "no") return false;
  reject(setting(name), "true or false");
}

std::int64_t Settings::integer(std::string_view name, std::int64_t minimum,
                               std::int64_t maximum) const {
  const auto value = parse_integer(text(name));
  if (!value || *value < minimum || *value > maximum) {
    reject(setting(name), fmt::format("a whole number from {} to {}", minimum, maximum));
  }
  return *value;
}

std::uint64_t Settings::natural(std::string_view name) const {
  const auto value = parse_natural(text(name));
  if (!value) reject(setting(name), "a whole number from 0 to 18446744073709551615");
  return *value;
}

double Settings::real(std::string_view name, double minimum, double maximum) const {
  const auto value = parse_real(text(name));
  if (!value || *value < minimum || *value > maximum) {
    reject(setting(name), fmt::format("a number from {} to {}", minimum, maximum));
  }
  return *value;
}

std::optional<double> Settings::seconds(std::string_view name) const {
  if (text(name) == "none") return std::nullopt;
  const auto value = parse_seconds(text(name));
  if (!value || *value <= 0) reject(setting(name), "a time such as 90, 90s, 5m or 1h, or none");
  return value;
}

std::optional<double> Settings::bytes(std::string_view name) const {
  if (text(name) == "none") return std::nullopt;
  const auto value = parse_quantity(text(name));
  constexpr double largest = 1e18;
  if (!value || *value < 1 || *value > largest) {
    reject(setting(name), "a size in bytes such as 512MiB or 2G, or none");
  }
  return value;
}

const Settings::Keyed& Settings::keyed(std::string_view name) const {
  const auto found = keyed_.find(name);
  if (found == keyed_.end()) {
    throw Error(ErrorKind::internal, fmt::format("'{}' has no keys", name));
  }
  return found->second;
}

std::optional<double> parse_seconds(std::string_view text) {
  if (text.empty()) return std::nullopt;
  double unit = 1;
  switch (text.back()) {
    case 's':
      text.remove_suffix(1);
      break;
    case 'm':
      unit = 60;
      text.remove_suffix(1);
      break;
    case 'h':
      unit = 3600;
      text.remove_suffix(1);
      break;
    default:
      break;
  }
  const auto value = parse_real(text);
  if (!value) return std::nullopt;
  return *value * unit;
}

}  // namespace nas::cli
