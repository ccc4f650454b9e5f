#include "search_spaces/staged/json_fields.hpp"

#include <algorithm>

#include "core/base/error.hpp"

namespace nas {

using Kind = LocatedJson::Kind;

void Located::reject(const LocatedJson& json, const std::string& why) const {
  reject_line(json.line, fmt::format("is '{}' {}", json.shown(), why));
}

void Located::reject_line(int line, const std::string& why) const {
  throw Error(ErrorKind::space, fmt::format("{}:{}: {} {}", source, line,
                                            path.empty() ? "the description" : path, why));
}

const std::string& Located::text(const LocatedJson& json) const {
  if (json.kind != Kind::text || json.text.empty()) reject(json, "but must be a text");
  return json.text;
}

const std::string& Located::name(const LocatedJson& json) const {
  constexpr const char* letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  if (json.kind != Kind::text || json.text.empty() ||
      json.text.find_first_not_of(letters) != std::string::npos) {
    reject(json, "but must be a name of letters, digits and underscores");
  }
  return json.text;
}

bool Located::boolean(const LocatedJson& json) const {
  if (json.kind != Kind::boolean) reject(json, "but must be true or false");
  return json.truth;
}

double Located::real(const LocatedJson& json, Range<double> range) const {
  if (json.kind == Kind::number && json.number >= range.minimum && json.number <= range.maximum) {
    return json.number;
  }
  reject(json, fmt::format("but must be a number between {} and {}", range.minimum, range.maximum));
}

std::int64_t Located::integer(const LocatedJson& json, Range<std::int64_t> range) const {
  const bool is_whole = json.kind == Kind::number && std::floor(json.number) == json.number;
  if (is_whole && json.number >= static_cast<double>(range.minimum) &&
      json.number <= static_cast<double>(range.maximum)) {
    return static_cast<std::int64_t>(json.number);
  }
  reject(json,
         fmt::format("but must be a whole number between {} and {}", range.minimum, range.maximum));
}

void Located::odd(const LocatedJson& json, std::int64_t value) const {
  if (value % 2 == 0) reject(json, "but must be odd");
}

const LocatedJson& Located::array(const LocatedJson& json) const {
  if (json.kind != Kind::array) reject(json, "but must be an array");
  return json;
}

void Located::expect(const LocatedJson& json, const std::string& wanted) const {
  if (json.kind != Kind::text || json.text != wanted) {
    reject(json, fmt::format("but must be '{}'", wanted));
  }
}

void Located::expect(const LocatedJson& json, double wanted) const {
  if (json.kind != Kind::number || json.number != wanted) {
    reject(json, fmt::format("but must be {}", wanted));
  }
}

Fields::Fields(const LocatedJson& json, Located where) : json_(json), where_(std::move(where)) {
  if (json.kind != Kind::object) where_.reject(json, "but must be an object");
}

Located Fields::where(const std::string& name) const {
  return {where_.source, where_.path.empty() ? name : where_.path + "." + name};
}

void Fields::known(const std::vector<std::string>& names) const {
  for (const auto& [name, value] : json_.members) {
    if (std::ranges::find(names, name) != names.end()) continue;
    where(name).reject_line(value.key_line, "is not known here" + suggestion(name, names));
  }
}

const LocatedJson& Fields::required(const std::string& name) const {
  const LocatedJson* json = optional(name);
  if (json == nullptr) where(name).reject_line(json_.line, "is missing");
  return *json;
}

std::string Fields::text(const std::string& name) const { return where(name).text(required(name)); }

std::string Fields::name(const std::string& name) const { return where(name).name(required(name)); }

bool Fields::boolean(const std::string& name, bool otherwise) const {
  const LocatedJson* json = optional(name);
  return json == nullptr ? otherwise : where(name).boolean(*json);
}

void Fields::each(const std::string& name,
                  const std::function<void(const LocatedJson&, const Located&)>& read) const {
  const LocatedJson* json = optional(name);
  if (json == nullptr) return;
  const Located here = where(name);
  const std::vector<LocatedJson>& elements = here.array(*json).elements;
  if (elements.empty()) here.reject_line(json->line, "is empty; give at least one");
  for (std::size_t i = 0; i < elements.size(); ++i) {
    read(elements[i], {here.source, fmt::format("{}[{}]", here.path, i)});
  }
}

void Fields::not_per_layer(const std::string& name, Scope scope) const {
  if (scope != Scope::layer) return;
  where(name).reject_line(
      optional(name)->line,
      "is chosen per layer but can be only per stage: it belongs to all layers");
}

Choice<std::int64_t> Fields::odd_numbers(const std::string& name, Range<std::int64_t> range,
                                         Scope usual, const Choice<std::int64_t>& otherwise) const {
  return choices<std::int64_t>(
      name, usual, otherwise,
      [&](const LocatedJson& json, const Located& at) {
        const std::int64_t value = at.integer(json, range);
        at.odd(json, value);
        return value;
      },
      [](std::int64_t value) { return value; });
}

const LocatedJson* Fields::scoped_values(const LocatedJson& json, const Located& where,
                                         Scope& scope) {
  const Fields fields(json, where);
  fields.known({"per", "of"});
  const std::pair<std::string_view, Scope> scopes[] = {{"stage", Scope::stage},
                                                       {"layer", Scope::layer}};
  scope = fields.where("per").word(fields.required("per"), Words<Scope>(scopes));
  return &fields.where("of").array(fields.required("of"));
}

}  // namespace nas
