#include "cli/option_rows.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace nas::cli {

namespace {

std::string type_name(OptionType type) {
  switch (type) {
    case OptionType::integer:
      return "integer";
    case OptionType::real:
      return "real";
    case OptionType::boolean:
      return "boolean";
    case OptionType::text:
      return "text";
    case OptionType::choice:
      return "choice";
  }
  return {};
}

bool is_bounded(const OptionSpec& option) { return option.minimum != 0 || option.maximum != 0; }

std::string allowed(const OptionSpec& option) {
  if (option.type == OptionType::choice) return option.choices;
  std::string type = type_name(option.type);
  if (!is_bounded(option)) return type;
  return fmt::format("{} {} to {}", type, option.minimum, option.maximum);
}

}  // namespace

Table plugin_option_table(const std::string& owner, std::span<const OptionSpec> options) {
  Table table{
      {{"option"}, {"default"}, {"allowed", Align::left, true}, {"description", Align::left, true}},
      {}};
  for (const OptionSpec& option : options) {
    table.rows.push_back({fmt::format("{}.{}", owner, option.name), option.default_value,
                          allowed(option), option.description});
  }
  return table;
}

nlohmann::json plugin_option_json(std::span<const OptionSpec> options) {
  nlohmann::json rows = nlohmann::json::array();
  for (const OptionSpec& option : options) {
    nlohmann::json row = {{"name", option.name},
                          {"type", type_name(option.type)},
                          {"default", option.default_value},
                          {"description", option.description}};
    if (option.type == OptionType::choice) row["choices"] = option.choices;
    if (is_bounded(option)) {
      row["minimum"] = option.minimum;
      row["maximum"] = option.maximum;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace nas::cli
