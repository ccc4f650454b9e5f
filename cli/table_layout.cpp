// How a table is laid out for people.

#include <algorithm>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "cli/table.hpp"

namespace nas::cli {

namespace {

constexpr std::size_t gap = 2;
/// A column that wraps is at least so wide, unless its cells are shorter.
constexpr std::size_t least_wrapped = 12;

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

/// Bytes of the first `count` characters.
std::size_t bytes_of(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    if (begins_character(text[end]) && count-- == 0) break;
  }
  return end;
}

/// How many bytes of `text`, which is longer than `width` characters, make a line.
std::size_t line_end(std::string_view text, std::size_t width) {
  const std::size_t most = bytes_of(text, width);
  const std::size_t space = text.rfind(' ', most);
  if (space != std::string_view::npos && space > 0 && 2 * space >= most) return space;
  const std::size_t mark = text.substr(0, most).find_last_of(",/-");
  if (mark != std::string_view::npos && mark > 0) return mark + 1;
  return space != std::string_view::npos && space > 0 ? space : most;
}

std::vector<std::size_t> natural_widths(const Table& table) {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    std::size_t width = display_width(table.columns[c].title);
    for (const auto& row : table.rows) width = std::max(width, display_width(row[c]));
    widths.push_back(width);
  }
  return widths;
}

std::size_t total(const std::vector<std::size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(),
                         widths.empty() ? 0 : gap * (widths.size() - 1));
}

/// Takes characters off the columns that wrap, always off the widest. Nothing where that is not
/// enough.
std::optional<std::vector<std::size_t>> fitted_widths(const Table& table, std::size_t limit) {
  std::vector<std::size_t> widths = natural_widths(table);
  for (std::size_t sum = total(widths); sum > limit; --sum) {
    std::size_t* widest = nullptr;
    for (std::size_t c = 0; c < widths.size(); ++c) {
      if (!table.columns[c].wraps || widths[c] <= least_wrapped) continue;
      if (display_width(table.columns[c].title) >= widths[c]) continue;
      if (widest == nullptr || widths[c] > *widest) widest = &widths[c];
    }
    if (widest == nullptr) return std::nullopt;
    --*widest;
  }
  return widths;
}

/// Without the column that is easiest to do without. Nothing where all are needed.
std::optional<Table> reduced(const Table& table) {
  const auto most = std::ranges::max_element(table.columns, {}, &Column::expendable);
  if (most == table.columns.end() || most->expendable == 0) return std::nullopt;
  const auto place = most - table.columns.begin();
  Table result = table;
  result.columns.erase(result.columns.begin() + place);
  for (auto& row : result.rows) row.erase(row.begin() + place);
  return result;
}

std::string padded(const std::string& text, std::size_t width, Align align) {
  const std::string space(width - std::min(width, display_width(text)), ' ');
  return align == Align::left ? text + space : space + text;
}

void append_row(std::string& text, const Table& table, const std::vector<std::size_t>& widths,
                const std::vector<std::string>& cells) {
  std::vector<std::vector<std::string>> lines;
  std::size_t height = 1;
  for (std::size_t c = 0; c < widths.size(); ++c) {
    lines.push_back(wrapped(cells[c], widths[c]));
    height = std::max(height, lines.back().size());
  }
  for (std::size_t i = 0; i < height; ++i) {
    std::string line;
    for (std::size_t c = 0; c < widths.size(); ++c) {
      if (c > 0) line.append(gap, ' ');
      line += padded(i < lines[c].size() ? lines[c][i] : "", widths[c], table.columns[c].align);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
}

std::string in_columns(const Table& table, const std::vector<std::size_t>& widths) {
  std::string text;
  std::vector<std::string> titles;
  for (const Column& column : table.columns) titles.push_back(column.title);
  append_row(text, table, widths, titles);
  for (const auto& row : table.rows) append_row(text, table, widths, row);
  return text;
}

/// Says which columns of `table` there was no room for; empty where there was for all.
std::string missing_columns(const Table& table, const Table& shown, std::size_t width) {
  std::vector<std::string> missing;
  for (const Column& column : table.columns) {
    const bool is_shown =
        std::ranges::find(shown.columns, column.title, &Column::title) != shown.columns.end();
    if (!is_shown) missing.push_back(column.title);
  }
  if (missing.empty()) return {};
  return hanging("", fmt::format("(no room for: {}; --json has all)", fmt::join(missing, ", ")),
                 width) +
         '\n';
}

std::string in_blocks(const Table& table, std::size_t width) {
  std::size_t label = 0;
  for (const Column& column : table.columns) label = std::max(label, display_width(column.title));
  std::string text;
  for (const auto& row : table.rows) {
    if (!text.empty()) text += '\n';
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      if (row[c].empty()) continue;
      const std::string head = padded(table.columns[c].title, label + gap, Align::left);
      text += hanging(head, row[c], width) + '\n';
    }
  }
  return text;
}

}  // namespace

std::string to_text(const Table& table, std::size_t width) {
  if (width == 0) return in_columns(table, natural_widths(table));
  for (std::optional<Table> shown = table; shown; shown = reduced(*shown)) {
    if (const auto widths = fitted_widths(*shown, width)) {
      return in_columns(*shown, *widths) + missing_columns(table, *shown, width);
    }
  }
  return in_blocks(table, width);
}

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  while (width > 0 && display_width(text) > width) {
    const std::size_t end = line_end(text, width);
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  }
  lines.emplace_back(text);
  return lines;
}

std::string hanging(const std::string& head, std::string_view text, std::size_t width) {
  const std::size_t indent = display_width(head);
  // So little room is worse than lines that the terminal breaks.
  const bool fits = width >= indent + least_wrapped;
  const std::vector<std::string> lines = wrapped(text, fits ? width - indent : 0);
  return head + fmt::format("{}", fmt::join(lines, fmt::format("\n{:{}}", "", indent)));
}

std::string fit(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return {};
  return std::string(text.substr(0, bytes_of(text, width - 1))) + "…";
}

}  // namespace nas::cli
