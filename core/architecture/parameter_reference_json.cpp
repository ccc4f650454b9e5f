#include "core/architecture/parameter_reference_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/architecture/json_reading.hpp"
#include "core/base/error.hpp"

namespace nas {
namespace {

using nlohmann::json;

[[noreturn]] void reject_json(const std::string& message) {
  throw Error(ErrorKind::space, message);
}

json view_to_json(const RangeView& view) {
  return {{"range", {{"axis", view.axis}, {"begin", view.begin}, {"count", view.count}}}};
}
json view_to_json(const CentreView& view) {
  return {{"centre", json::array({view.height, view.width})}};
}
json view_to_json(const TransformView& view) { return {{"transform", view.matrix}}; }
json view_to_json(const ReshapeView& view) { return {{"reshape", view.shape}}; }

std::int64_t read_integer(const json* value, const std::string& what) {
  if (value == nullptr || !value->is_number_integer()) {
    reject_json(fmt::format("{} is '{}' but must be a whole number", what, shown(value)));
  }
  if (value->is_number_unsigned() && value->get<std::uint64_t>() > INT64_MAX) {
    reject_json(fmt::format("{} is '{}' but must be at most {}", what, shown(value), INT64_MAX));
  }
  return value->get<std::int64_t>();
}

std::vector<std::int64_t> read_integers(const json* list, const std::string& what) {
  if (list == nullptr || !list->is_array()) {
    reject_json(fmt::format("{} is '{}' but must be a list of whole numbers", what, shown(list)));
  }
  std::vector<std::int64_t> result;
  for (const json& each : *list) result.push_back(read_integer(&each, "an element of " + what));
  return result;
}

std::string read_text(const json* value, const std::string& what) {
  if (value == nullptr || !value->is_string() || value->get<std::string>().empty()) {
    reject_json(fmt::format("{} is '{}' but must be a name", what, shown(value)));
  }
  return value->get<std::string>();
}

View read_range(const json& range) {
  if (!range.is_object()) {
    reject_json(fmt::format("'range' is '{}' but must be an object", shown(&range)));
  }
  check_keys(range, "'range'", {"axis", "begin", "count"});
  const json* const begin = member(range, "begin");
  return RangeView{.axis = read_integer(member(range, "axis"), "'axis' of a range"),
                   .begin = begin == nullptr ? 0 : read_integer(begin, "'begin' of a range"),
                   .count = read_integer(member(range, "count"), "'count' of a range")};
}

View read_centre(const json& centre) {
  const std::vector<std::int64_t> sizes = read_integers(&centre, "'centre'");
  if (sizes.size() != 2) {
    reject_json(
        fmt::format("'centre' has {} sizes but must have a height and a width", sizes.size()));
  }
  return CentreView{sizes[0], sizes[1]};
}

View read_view(const json& view) {
  if (!view.is_object() || view.size() != 1) {
    reject_json(fmt::format("a view is '{}' but must be an object with one member", shown(&view)));
  }
  check_keys(view, "a view", {"range", "centre", "transform", "reshape"});
  const std::string kind = view.begin().key();
  const json& value = view.begin().value();
  if (kind == "range") return read_range(value);
  if (kind == "centre") return read_centre(value);
  if (kind == "transform") return TransformView{read_text(&value, "'transform'")};
  return ReshapeView{read_integers(&value, "'reshape'")};
}

ParameterReference read_reference(const json& reference) {
  if (!reference.is_object()) {
    reject_json(fmt::format("the reference is '{}' but must be an object", shown(&reference)));
  }
  check_keys(reference, "the reference", {"name", "shape", "views"});
  ParameterReference result{.name = read_text(member(reference, "name"), "'name'"),
                            .shape = read_integers(member(reference, "shape"), "'shape'"),
                            .views = {}};
  const json* const views = member(reference, "views");
  if (views == nullptr) return result;
  if (!views->is_array()) {
    reject_json(fmt::format("'views' is '{}' but must be a list", shown(views)));
  }
  for (const json& view : *views) result.views.push_back(read_view(view));
  return result;
}

}  // namespace

json to_json(const ParameterReferences& references) {
  json result = json::object();
  for (const auto& [suffix, reference] : references) {
    json views = json::array();
    for (const View& view : reference.views) {
      views.push_back(std::visit([](const auto& each) { return view_to_json(each); }, view));
    }
    result[suffix] = {
        {"name", reference.name}, {"shape", reference.shape}, {"views", std::move(views)}};
  }
  return result;
}

ParameterReferences references_from_json(const json& references) {
  if (!references.is_object()) {
    reject_json(fmt::format("'parameters' is '{}' but must be an object", shown(&references)));
  }
  ParameterReferences result;
  for (const auto& [suffix, reference] : references.items()) {
    try {
      result.emplace(suffix, read_reference(reference));
    } catch (const Error& error) {
      reject_json(fmt::format("parameter '{}': {}", suffix, error.what()));
    }
  }
  return result;
}

}  // namespace nas
