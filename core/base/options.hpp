/// Options that spaces, strategies and estimators declare, and the values that a user gave them.
///
/// A declaration is a plain table (it crosses the plugin boundary as part of the descriptor). The
/// values are read by name; every option of the table has a value, its default if none was given.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nas {

enum class OptionType : std::uint32_t { integer, real, boolean, text, choice };

/// One option. Strings are static, null where unused.
struct OptionSpec {
  const char* name;
  OptionType type;
  const char* default_value;      ///< as a user would type it
  const char* description;        ///< one sentence with the unit
  double minimum = 0;             ///< of integer and real options
  double maximum = 0;             ///< likewise; both 0 mean unbounded
  const char* choices = nullptr;  ///< of choice options: "one|two|three"
};

class OptionValues {
 public:
  OptionValues() = default;
  /// Checks `given` against `table`. `owner` ("evolution") is for messages.
  /// Throws Error(config) on an unknown name (with the nearest one), a value of another type or out
  /// of range.
  OptionValues(std::string owner, std::span<const OptionSpec> table,
               const std::map<std::string, std::string>& given);

  std::int64_t integer(std::string_view name) const;
  double real(std::string_view name) const;
  bool boolean(std::string_view name) const;
  const std::string& text(std::string_view name) const;

  /// Every option with its value as text, by name: what a run records.
  const std::map<std::string, std::string, std::less<>>& all() const { return values_; }

 private:
  std::string owner_;
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace nas
