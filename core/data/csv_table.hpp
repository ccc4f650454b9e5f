/// A table of texts in a file: comma-separated values as RFC 4180 has them, plain or gzip.
///
/// The first line names the columns. Cells may be in quotes, in which commas and line ends are text
/// and a quote is doubled; lines end with LF or CRLF; a byte order mark is skipped.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace nas {

class CsvTable {
 public:
  /// Throws Error(io) where the file cannot be read, Error(data), with the number of the line,
  /// where it is malformed: a row with another number of cells than the header, a quote in the
  /// wrong place or without an end, a column without a name or with that of another, no row.
  explicit CsvTable(const std::filesystem::path& file);

  const std::filesystem::path& file() const { return file_; }
  const std::vector<std::string>& columns() const { return columns_; }
  std::size_t rows() const { return lines_.size(); }
  /// Valid as long as the table.
  std::string_view cell(std::size_t row, std::size_t column) const;
  /// Where the row begins, counted from 1.
  std::size_t line(std::size_t row) const { return lines_[row]; }

  /// The place of a column. Throws Error(config) where there is none, with the nearest name and
  /// `whose`, the option that names it.
  std::size_t column(const std::string& name, std::string_view whose) const;
  /// Throws Error(data): "table 'x.csv', line 17: <what>".
  [[noreturn]] void reject(std::size_t row, std::string_view what) const;

 private:
  friend class CsvReader;
  struct Cell {
    std::size_t begin;
    std::size_t length;
  };

  std::filesystem::path file_;
  std::string text_;  ///< of all cells, without quotes
  std::vector<std::string> columns_;
  std::vector<Cell> cells_;  ///< row by row
  std::vector<std::size_t> lines_;
};

}  // namespace nas
