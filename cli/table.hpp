/// Tables for people, CSV and JSON for programs.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "cli/command.hpp"

namespace nas::cli {

enum class Align { left, right };

struct Column {
  std::string title;
  Align align = Align::left;
  /// Long cells may take several lines.
  bool wraps = false;
  /// Where lines are too short people can do without it, first without the highest; 0: never.
  int expendable = 0;
};

struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;  ///< UTF-8, one cell per column
};

/// Aligned columns, two spaces apart. Where lines would be wider than `width` (0: no limit) columns
/// that may wrap do, then expendable ones are left out, and named below; where that is not enough
/// every row becomes a block of lines, title and value. Nothing is cut.
std::string to_text(const Table& table, std::size_t width);
/// RFC 4180, with the titles as header.
std::string to_csv(const Table& table);

/// GitHub's tables, cells as people read them.
std::string to_markdown(const Table& table);

enum class Format { text, json, csv, markdown };
/// Throws Error(usage) where several of --json, --csv and --markdown are given.
Format output_format(const Arguments& arguments);

/// Prints the table as text, CSV or Markdown, or `object`.
void print(Format format, const Table& table, const nlohmann::json& object);
void print(const nlohmann::json& object);

/// { "schema": schema, "version": 1 }, to be filled.
nlohmann::json json_object(const char* schema);

/// Columns of the terminal that `descriptor` is; 0 where it is none.
std::size_t terminal_width(int descriptor);
/// Characters that `text` takes on a terminal: code points of UTF-8.
std::size_t display_width(std::string_view text);
/// `text` in lines of at most `width` characters (0: one line), broken at spaces or, within long
/// words, after commas, slashes and hyphens.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);
/// `head`, then `text` in lines of at most `width` characters in all, indented as the first.
std::string hanging(const std::string& head, std::string_view text, std::size_t width);
/// At most `width` characters, the last an ellipsis where something is cut.
std::string fit(std::string_view text, std::size_t width);

}  // namespace nas::cli
