#include "core/base/options.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace nas {
namespace {

constexpr std::array<std::string_view, 4> words_for_true{"true", "yes", "on", "1"};
constexpr std::array<std::string_view, 4> words_for_false{"false", "no", "off", "0"};

std::optional<bool> parse_boolean(std::string_view text) {
  if (std::ranges::find(words_for_true, text) != words_for_true.end()) return true;
  if (std::ranges::find(words_for_false, text) != words_for_false.end()) return false;
  return std::nullopt;
}

std::vector<std::string> split_choices(const OptionSpec& option) {
  std::vector<std::string> choices;
  std::string_view rest = option.choices == nullptr ? "" : option.choices;
  while (!rest.empty()) {
    const std::size_t bar = std::min(rest.find('|'), rest.size());
    choices.emplace_back(rest.substr(0, bar));
    rest.remove_prefix(std::min(bar + 1, rest.size()));
  }
  return choices;
}

/// "a whole number between 1 and 100": what a user may give.
std::string allowed(const OptionSpec& option) {
  const bool bounded = option.minimum != 0 || option.maximum != 0;
  const std::string range =
      bounded ? fmt::format(" between {} and {}", option.minimum, option.maximum) : "";
  switch (option.type) {
    case OptionType::integer:
      return "a whole number" + range;
    case OptionType::real:
      return "a number" + range;
    case OptionType::boolean:
      return "true or false";
    case OptionType::text:
      return "text";
    case OptionType::choice:
      return fmt::format("one of {}", fmt::join(split_choices(option), ", "));
  }
  return "a known type of option";
}

bool in_range(const OptionSpec& option, double value) {
  if (option.minimum == 0 && option.maximum == 0) return true;
  return value >= option.minimum && value <= option.maximum;
}

/// `text` written the one way in which it is recorded; nothing where it is not allowed.
std::optional<std::string> normalised(const OptionSpec& option, const std::string& text) {
  switch (option.type) {
    case OptionType::integer: {
      const auto value = parse_integer(text);
      if (!value || !in_range(option, static_cast<double>(*value))) return std::nullopt;
      return fmt::format("{}", *value);
    }
    case OptionType::real: {
      const auto value = parse_real(text);
      if (!value || !in_range(option, *value)) return std::nullopt;
      return fmt::format("{}", *value);
    }
    case OptionType::boolean: {
      const auto value = parse_boolean(text);
      if (!value) return std::nullopt;
      return *value ? "true" : "false";
    }
    case OptionType::text:
      return text;
    case OptionType::choice: {
      const auto choices = split_choices(option);
      if (std::ranges::find(choices, text) == choices.end()) return std::nullopt;
      return text;
    }
  }
  return std::nullopt;
}

/// A table that is wrong is the fault of who wrote it, not of the user.
[[noreturn]] void reject_table(const std::string& owner, const std::string& why) {
  throw Error(ErrorKind::plugin, fmt::format("the option table of '{}' is broken: {}", owner, why));
}

std::string default_of(const std::string& owner, const OptionSpec& option) {
  const std::string text = option.default_value == nullptr ? "" : option.default_value;
  if (auto value = normalised(option, text)) return *value;
  reject_table(owner, fmt::format("the default '{}' of '{}' must be {}", text, option.name,
                                  allowed(option)));
}

}  // namespace

OptionValues::OptionValues(std::string owner, std::span<const OptionSpec> table,
                           const std::map<std::string, std::string>& given)
    : owner_(std::move(owner)) {
  std::vector<std::string> known;
  for (const OptionSpec& option : table) {
    if (option.name == nullptr) {
      reject_table(owner_, fmt::format("row {} has no name", known.size()));
    }
    known.emplace_back(option.name);
    if (!values_.emplace(option.name, default_of(owner_, option)).second) {
      reject_table(owner_, fmt::format("'{}' is there twice", option.name));
    }
  }
  for (const auto& [name, text] : given) {
    const auto option = std::ranges::find(
        table, name, [](const OptionSpec& each) { return std::string_view(each.name); });
    if (option == table.end()) {
      throw Error(ErrorKind::config,
                  fmt::format("unknown option '{}.{}'{}", owner_, name, suggestion(name, known)));
    }
    const auto value = normalised(*option, text);
    if (!value) {
      throw Error(ErrorKind::config, fmt::format("option '{}.{}' is '{}' but must be {}", owner_,
                                                 name, text, allowed(*option)));
    }
    values_[name] = *value;
  }
}

const std::string& OptionValues::text(std::string_view name) const {
  const auto found = values_.find(name);
  if (found != values_.end()) return found->second;
  throw Error(ErrorKind::internal, fmt::format("'{}' has no option '{}'", owner_, name));
}

std::int64_t OptionValues::integer(std::string_view name) const {
  if (const auto value = parse_integer(text(name))) return *value;
  throw Error(
      ErrorKind::internal,
      fmt::format("option '{}.{}' is read as a whole number, which it is not", owner_, name));
}

double OptionValues::real(std::string_view name) const {
  if (const auto value = parse_real(text(name))) return *value;
  throw Error(ErrorKind::internal,
              fmt::format("option '{}.{}' is read as a number, which it is not", owner_, name));
}

bool OptionValues::boolean(std::string_view name) const {
  if (const auto value = parse_boolean(text(name))) return *value;
  throw Error(
      ErrorKind::internal,
      fmt::format("option '{}.{}' is read as true or false, which it is not", owner_, name));
}

}  // namespace nas
