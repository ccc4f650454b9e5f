/// Where each setting comes from: flags win over the NAS_* environment, that over the --config
/// file, that over the defaults.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.hpp"

namespace nas::cli {

enum class Origin { standard, file, environment, flag };
std::string to_string(Origin origin);

struct Setting {
  std::vector<std::string> values;  ///< several for repeatable options only
  Origin origin = Origin::standard;
  std::string where;  ///< for messages: "--trials", "NAS_TRIALS", "'trials' in exp.ini"
};

/// The value of an environment variable; nothing where it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

class Settings {
 public:
  /// Resolves the settings among the options of the command. Throws Error(config) on unknown keys
  /// in the file, with the nearest one, Error(io) where it cannot be read.
  Settings(const Arguments& arguments, const Environment& environment);

  const Setting& setting(std::string_view name) const;
  const std::string& text(std::string_view name) const;
  bool enabled(std::string_view name) const;

  /// The readers throw Error(usage) where the value came from a flag and Error(config) otherwise,
  /// with what is allowed. "none" is nothing where a reader returns an optional.
  std::int64_t integer(std::string_view name, std::int64_t minimum, std::int64_t maximum) const;
  /// From 0 to 2^64 - 1.
  std::uint64_t natural(std::string_view name) const;
  double real(std::string_view name, double minimum, double maximum) const;
  std::optional<double> seconds(std::string_view name) const;
  std::optional<double> bytes(std::string_view name) const;

  /// Settings with a key of their own: 'evolution.population' of --set, 'macs' of --max, 'cost'
  /// of --budget. Each key has its own origin.
  using Keyed = std::map<std::string, Setting>;
  const Keyed& keyed(std::string_view name) const;

 private:
  void take_flags(const Arguments& arguments);
  void take_environment(const Arguments& arguments, const Environment& environment);
  void take_file(const std::string& file);
  void take(std::string_view name, Setting setting);

  std::map<std::string, Setting, std::less<>> settings_;
  std::map<std::string, Keyed, std::less<>> keyed_;
};

/// Reads "90", "90s", "5m", "1h" as seconds.
std::optional<double> parse_seconds(std::string_view text);

}  // namespace nas::cli
