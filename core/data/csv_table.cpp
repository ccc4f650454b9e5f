#include "core/data/csv_table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/data/byte_source.hpp"

namespace nas {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

[[noreturn]] void reject_line(const std::filesystem::path& file, std::size_t line,
                              std::string_view what) {
  throw Error(ErrorKind::data, fmt::format("table '{}', line {}: {}", file.string(), line, what));
}

}  // namespace

/// Reads one character after the other.
class CsvReader {
 public:
  CsvReader(CsvTable& table, std::string_view input) : table_(table), input_(input) {
    if (input_.starts_with(byte_order_mark)) input_.remove_prefix(byte_order_mark.size());
    table_.text_.reserve(input_.size());
  }

  void read() {
    if (at_end()) reject("the file is empty; the first line names the columns");
    read_header();
    while (!at_end()) {
      if (only_line_ends_follow()) return;
      read_row();
    }
  }

 private:
  bool at_end() const { return position_ == input_.size(); }
  bool at(char character) const { return !at_end() && input_[position_] == character; }
  bool at_line_end() const {
    return at('\n') || (at('\r') && position_ + 1 < input_.size() && input_[position_ + 1] == '\n');
  }
  bool only_line_ends_follow() const {
    return input_.find_first_not_of("\r\n", position_) == std::string_view::npos;
  }
  [[noreturn]] void reject(std::string_view what) const { reject_line(table_.file_, line_, what); }

  void read_header() {
    read_line();
    for (const CsvTable::Cell& cell : table_.cells_) {
      std::string name = table_.text_.substr(cell.begin, cell.length);
      if (name.empty()) reject(fmt::format("column {} has no name", table_.columns_.size() + 1));
      if (std::ranges::find(table_.columns_, name) != table_.columns_.end()) {
        reject(fmt::format("two columns are called '{}'", name));
      }
      table_.columns_.push_back(std::move(name));
    }
    table_.cells_.clear();
    end_line();
  }

  void read_row() {
    const std::size_t before = table_.cells_.size();
    table_.lines_.push_back(line_);
    read_line();
    const std::size_t count = table_.cells_.size() - before;
    if (count != table_.columns_.size()) {
      reject_line(
          table_.file_, table_.lines_.back(),
          fmt::format("{}, and the header names {}", counted(static_cast<double>(count), "cell"),
                      counted(static_cast<double>(table_.columns_.size()), "column")));
    }
    end_line();
  }

  /// The cells up to the end of the line, which stays.
  void read_line() {
    while (true) {
      const std::size_t begin = table_.text_.size();
      if (at('"')) {
        read_quoted();
      } else {
        read_plain();
      }
      table_.cells_.push_back({begin, table_.text_.size() - begin});
      if (!at(',')) break;
      ++position_;
    }
    if (!at_end() && !at_line_end()) {
      reject(fmt::format("'{}' follows a closing quote; a comma or the end of the line must",
                         input_[position_]));
    }
  }

  void read_plain() {
    const std::size_t begin = position_;
    while (!at_end() && !at(',') && !at_line_end()) {
      if (at('"')) reject("a quote in a cell without quotes; such a cell is \"in quotes\" itself");
      if (at('\0')) reject("a zero byte; this is no table of text");
      ++position_;
    }
    table_.text_ += input_.substr(begin, position_ - begin);
  }

  void read_quoted() {
    const std::size_t first_line = line_;
    ++position_;
    while (true) {
      if (at_end()) reject_line(table_.file_, first_line, "a quote that begins here has no end");
      const char character = input_[position_++];
      if (character == '"') {
        if (!at('"')) return;
        ++position_;
      }
      if (character == '\n') ++line_;
      table_.text_ += character;
    }
  }

  void end_line() {
    if (at('\r')) ++position_;
    if (at('\n')) ++position_;
    ++line_;
  }

  CsvTable& table_;
  std::string_view input_;
  std::size_t position_ = 0;
  std::size_t line_ = 1;
};

CsvTable::CsvTable(const std::filesystem::path& file) : file_(file) {
  const std::vector<std::uint8_t> bytes = ByteSource(file).read_rest();
  CsvReader(*this, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}).read();
  if (rows() == 0) reject_line(file_, 2, "there is no row, only a header");
}

std::string_view CsvTable::cell(std::size_t row, std::size_t column) const {
  const Cell& place = cells_[row * columns_.size() + column];
  return std::string_view(text_).substr(place.begin, place.length);
}

std::size_t CsvTable::column(const std::string& name, std::string_view whose) const {
  const auto found = std::ranges::find(columns_, name);
  if (found != columns_.end()) return static_cast<std::size_t>(found - columns_.begin());
  throw Error(ErrorKind::config, fmt::format("{}: table '{}' has no column '{}'{}", whose,
                                             file_.string(), name, suggestion(name, columns_)));
}

void CsvTable::reject(std::size_t row, std::string_view what) const {
  reject_line(file_, line(row), what);
}

}  // namespace nas
