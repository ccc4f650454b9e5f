#include "core/data/row_filter.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace nas {

std::vector<std::string> comma_separated(const std::string& text) {
  std::vector<std::string> parts;
  if (text.empty()) return parts;
  std::size_t begin = 0;
  while (true) {
    const std::size_t comma = text.find(',', begin);
    parts.push_back(text.substr(begin, comma - begin));
    if (comma == std::string::npos) return parts;
    begin = comma + 1;
  }
}

RowFilter::RowFilter(const std::string& text, const CsvTable& table) : table_(table) {
  for (const std::string& part : comma_separated(text)) conditions_.push_back(parse(part, table));
}

RowFilter::Condition RowFilter::parse(const std::string& text, const CsvTable& table) {
  static constexpr std::pair<std::string_view, Comparison> signs[] = {
      {"!=", Comparison::unequal}, {"<=", Comparison::at_most}, {">=", Comparison::at_least},
      {"=", Comparison::equal},    {"<", Comparison::less},     {">", Comparison::greater}};
  const std::size_t place = text.find_first_of("!<>=");
  for (const auto& [sign, comparison] : signs) {
    if (place == 0 || place == std::string::npos || text.compare(place, sign.size(), sign) != 0) {
      continue;
    }
    std::string value = text.substr(place + sign.size());
    const std::optional<double> number = parse_real(value);
    const bool is_order = comparison != Comparison::equal && comparison != Comparison::unequal;
    if (is_order && !number) break;
    return {table.column(text.substr(0, place), "table.where"), comparison, std::move(value),
            number};
  }
  throw Error(
      ErrorKind::config,
      fmt::format("table.where: cannot read the condition '{}'; it is a column, one of = != "
                  "< <= > >=, and a value, with commas between several, such as "
                  "'epochs=12,seed!=2'; < and > take a number",
                  text));
}

bool RowFilter::selects(std::size_t row) const {
  return std::ranges::all_of(conditions_,
                             [&](const Condition& condition) { return holds(condition, row); });
}

bool RowFilter::holds(const Condition& condition, std::size_t row) const {
  const std::string_view cell = table_.cell(row, condition.column);
  const std::optional<double> number = condition.number ? parse_real(cell) : std::nullopt;
  const bool equal = number ? *number == *condition.number : cell == condition.value;
  if (condition.comparison == Comparison::equal) return equal;
  if (condition.comparison == Comparison::unequal) return !equal;
  if (!number) {
    table_.reject(row, fmt::format("'{}' is '{}', and table.where needs a number there",
                                   table_.columns()[condition.column], cell));
  }
  switch (condition.comparison) {
    case Comparison::less:
      return *number < *condition.number;
    case Comparison::at_most:
      return *number <= *condition.number;
    case Comparison::greater:
      return *number > *condition.number;
    default:
      return *number >= *condition.number;
  }
}

}  // namespace nas
