#include "cli/table.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <sys/ioctl.h>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace nas::cli {

namespace {

constexpr std::size_t gap = 2;

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

std::vector<std::size_t> column_widths(const Table& table, std::size_t limit) {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    std::size_t width = display_width(table.columns[c].title);
    for (const auto& row : table.rows) width = std::max(width, display_width(row[c]));
    widths.push_back(width);
  }
  if (limit == 0 || widths.empty()) return widths;
  const std::size_t total =
      std::accumulate(widths.begin(), widths.end(), gap * (widths.size() - 1));
  const auto widest = std::ranges::max_element(widths);
  if (total > limit)
    *widest -= std::min(total - limit, *widest - std::min<std::size_t>(*widest, 8));
  return widths;
}

std::string padded(const std::string& text, std::size_t width, Align align) {
  const std::string cut = fit(text, width);
  const std::string space(width - std::min(width, display_width(cut)), ' ');
  return align == Align::left ? cut + space : space + cut;
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

std::string to_text(const Table& table, std::size_t width) {
  const std::vector<std::size_t> widths = column_widths(table, width);
  std::string text;
  const auto append_line = [&](const auto& cell_of) {
    std::string line;
    for (std::size_t c = 0; c < widths.size(); ++c) {
      if (c > 0) line.append(gap, ' ');
      line += padded(cell_of(c), widths[c], table.columns[c].align);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  };
  append_line([&](std::size_t c) { return table.columns[c].title; });
  for (const auto& row : table.rows) append_line([&](std::size_t c) { return row[c]; });
  return text;
}

std::string to_csv(const Table& table) {
  std::string text;
  const auto append_line = [&](const auto& cell_of) {
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      if (c > 0) text += ',';
      text += csv_cell(cell_of(c));
    }
    text += "\r\n";
  };
  append_line([&](std::size_t c) { return table.columns[c].title; });
  for (const auto& row : table.rows) append_line([&](std::size_t c) { return row[c]; });
  return text;
}

Format output_format(const Arguments& arguments) {
  const bool json = arguments.has("json");
  const bool csv = arguments.has("csv");
  if (json && csv) throw Error(ErrorKind::usage, "'--json' and '--csv' exclude each other");
  if (json) return Format::json;
  return csv ? Format::csv : Format::text;
}

void print(Format format, const Table& table, const nlohmann::json& object) {
  switch (format) {
    case Format::text:
      fmt::print("{}", to_text(table, terminal_width(STDOUT_FILENO)));
      break;
    case Format::csv:
      fmt::print("{}", to_csv(table));
      break;
    case Format::json:
      print(object);
      break;
  }
}

void print(const nlohmann::json& object) {
  // A file name that is not UTF-8 must not keep everything else from being printed.
  fmt::print("{}\n", object.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

nlohmann::json json_object(const char* schema) { return {{"schema", schema}, {"version", 1}}; }

std::size_t terminal_width(int descriptor) {
  if (isatty(descriptor) == 0) return 0;
  if (const char* columns = std::getenv("COLUMNS")) {
    const auto width = parse_integer(columns);
    if (width && *width > 0) return static_cast<std::size_t>(*width);
  }
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  constexpr std::size_t usual_width = 80;
  return usual_width;
}

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

std::string fit(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return {};
  std::size_t characters = 0;
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    if (begins_character(text[end]) && ++characters == width) break;
  }
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace nas::cli
