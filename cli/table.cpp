#include "cli/table.hpp"

#include <cstdio>
#include <cstdlib>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace nas::cli {

namespace {

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string markdown_cell(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '|' ? "\\|" : std::string(1, c);
  return escaped;
}

}  // namespace

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

std::string to_markdown(const Table& table) {
  const auto line = [&](const auto& cell_of) {
    std::string text = "|";
    for (std::size_t c = 0; c < table.columns.size(); ++c) text += fmt::format(" {} |", cell_of(c));
    return text + '\n';
  };
  std::string text = line([&](std::size_t c) { return markdown_cell(table.columns[c].title); });
  text += line([&](std::size_t c) -> std::string {
    return table.columns[c].align == Align::right ? "---:" : "---";
  });
  for (const auto& row : table.rows) {
    text += line([&](std::size_t c) { return markdown_cell(row[c]); });
  }
  return text;
}

Format output_format(const Arguments& arguments) {
  Format format = Format::text;
  std::string given;
  for (const auto& [name, meant] : {std::pair("json", Format::json), std::pair("csv", Format::csv),
                                    std::pair("markdown", Format::markdown)}) {
    if (!arguments.has(name)) continue;
    if (!given.empty()) {
      throw Error(ErrorKind::usage,
                  fmt::format("'--{}' and '--{}' exclude each other", given, name));
    }
    given = name;
    format = meant;
  }
  return format;
}

void print(Format format, const Table& table, const nlohmann::json& object) {
  switch (format) {
    case Format::text:
      fmt::print("{}", to_text(table, terminal_width(STDOUT_FILENO)));
      break;
    case Format::csv:
      fmt::print("{}", to_csv(table));
      break;
    case Format::markdown:
      fmt::print("{}", to_markdown(table));
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

}  // namespace nas::cli
