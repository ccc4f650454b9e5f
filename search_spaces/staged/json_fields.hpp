/// Strict reading of located JSON: every message names the file, the line, the field, the value and
/// what is allowed.
#pragma once

#include <cmath>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include <fmt/format.h>

#include "core/base/text.hpp"
#include "search_spaces/staged/description.hpp"
#include "search_spaces/staged/json_lines.hpp"
#include "search_spaces/staged/words.hpp"

namespace nas {

/// Both ends are allowed.
template <typename T>
struct Range {
  T minimum;
  T maximum;
};

/// Where a value is, for messages: the file and the path to it ("stages[0].kernel").
struct Located {
  std::string source;
  std::string path;

  /// Throws Error(space): "FILE:LINE: PATH is 'VALUE' but <why>".
  [[noreturn]] void reject(const LocatedJson& json, const std::string& why) const;
  /// Likewise, of the place and not of its value.
  [[noreturn]] void reject_line(int line, const std::string& why) const;

  const std::string& text(const LocatedJson& json) const;
  /// Letters, digits and underscores: names are parts of other names.
  const std::string& name(const LocatedJson& json) const;
  bool boolean(const LocatedJson& json) const;
  double real(const LocatedJson& json, Range<double> range) const;
  std::int64_t integer(const LocatedJson& json, Range<std::int64_t> range) const;
  void odd(const LocatedJson& json, std::int64_t value) const;
  const LocatedJson& array(const LocatedJson& json) const;
  void expect(const LocatedJson& json, const std::string& text) const;
  void expect(const LocatedJson& json, double number) const;

  double number(const LocatedJson& json, Range<double> range) const { return real(json, range); }
  std::int64_t number(const LocatedJson& json, Range<std::int64_t> range) const {
    return integer(json, range);
  }

  template <typename T>
  T word(const LocatedJson& json, Words<T> words) const {
    std::vector<std::string> known;
    for (const auto& [name, value] : words) {
      if (json.kind == LocatedJson::Kind::text && json.text == name) return value;
      known.emplace_back(name);
    }
    reject(json, "but must be a known word" + suggestion(json.shown(), known));
  }
};

/// The members of an object.
class Fields {
 public:
  /// Throws where it is none.
  Fields(const LocatedJson& json, Located where);

  int line() const { return json_.line; }
  /// Of a member.
  Located where(const std::string& name) const;
  /// Throws on a member that is not among these, with the nearest.
  void known(const std::vector<std::string>& names) const;
  bool has(const std::string& name) const { return optional(name) != nullptr; }
  const LocatedJson* optional(const std::string& name) const { return json_.member(name); }
  const LocatedJson& required(const std::string& name) const;

  /// Throws where it is absent or empty.
  std::string text(const std::string& name) const;
  std::string name(const std::string& name) const;
  bool boolean(const std::string& name, bool otherwise) const;
  template <typename T>
  T number(const std::string& name, Range<T> range, std::type_identity_t<T> otherwise) const {
    const LocatedJson* json = optional(name);
    return json == nullptr ? otherwise : where(name).number(*json, range);
  }
  std::int64_t integer(const std::string& name, Range<std::int64_t> range,
                       std::int64_t otherwise) const {
    return number(name, range, otherwise);
  }
  template <typename T>
  T word(const std::string& name, Words<T> words, T otherwise) const {
    const LocatedJson* json = optional(name);
    return json == nullptr ? otherwise : where(name).word(*json, words);
  }

  /// Calls `read` with each element of an array and its place.
  void each(const std::string& name,
            const std::function<void(const LocatedJson&, const Located&)>& read) const;
  void not_per_layer(const std::string& name, Scope scope) const;

  /// A value, which is fixed; an array, a choice of the usual scope; or {"per": …, "of": […]}.
  /// Nothing as `otherwise`: the member is required. `key` tells values apart.
  template <typename T, typename Read, typename Key>
  Choice<T> choices(const std::string& name, Scope usual, std::optional<Choice<T>> otherwise,
                    Read read, Key key) const {
    const LocatedJson* json = otherwise ? optional(name) : &required(name);
    if (json == nullptr) return *otherwise;
    const Located here = where(name);
    Choice<T> choice;
    choice.line = json->line;
    const LocatedJson* values = json;
    choice.scope = usual;
    if (json->kind == LocatedJson::Kind::object && json->member("of") != nullptr) {
      values = scoped_values(*json, here, choice.scope);
    } else if (json->kind != LocatedJson::Kind::array) {
      choice.scope = Scope::fixed;
      choice.values.push_back(read(*json, here));
      return choice;
    }
    if (values->elements.empty())
      here.reject_line(values->line, "is an empty choice; give at least one value");
    std::set<decltype(key(std::declval<T>()))> seen;
    for (std::size_t i = 0; i < values->elements.size(); ++i) {
      const LocatedJson& element = values->elements[i];
      const Located at{here.source, fmt::format("{}[{}]", here.path, i)};
      choice.values.push_back(read(element, at));
      if (!seen.insert(key(choice.values.back())).second) {
        at.reject_line(element.line, fmt::format("repeats '{}'; a choice names each value once",
                                                 key(choice.values.back())));
      }
    }
    return choice;
  }

  template <typename T>
  Choice<T> numbers(const std::string& name, Range<T> range, Scope usual,
                    std::type_identity_t<std::optional<Choice<T>>> otherwise) const {
    return choices<T>(
        name, usual, std::move(otherwise),
        [&](const LocatedJson& json, const Located& at) { return at.number(json, range); },
        [](const T& value) { return value; });
  }
  Choice<std::int64_t> odd_numbers(const std::string& name, Range<std::int64_t> range, Scope usual,
                                   const Choice<std::int64_t>& otherwise) const;
  template <typename T>
  Choice<T> words(const std::string& name, Words<T> known_words, Scope usual,
                  const Choice<T>& otherwise) const {
    return choices<T>(
        name, usual, otherwise,
        [&](const LocatedJson& json, const Located& at) { return at.word(json, known_words); },
        [&](const T& value) { return first_name(known_words, value); });
  }

 private:
  template <typename T>
  static std::string_view first_name(Words<T> known_words, const T& value) {
    for (const auto& [name, each] : known_words) {
      if (each == value) return name;
    }
    return {};
  }
  /// The array of {"per": …, "of": […]}.
  static const LocatedJson* scoped_values(const LocatedJson& json, const Located& where,
                                          Scope& scope);

  const LocatedJson& json_;
  Located where_;
};

}  // namespace nas
