/// Which rows of a table count: "epochs=4,seed!=2,params<=1e6".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/data/csv_table.hpp"

namespace nas {

class RowFilter {
 public:
  /// Conditions with commas between them, all of which must hold; of an empty text none. A
  /// condition is a column, one of = != < <= > >=, and a value. Throws Error(config).
  RowFilter(const std::string& text, const CsvTable& table);

  /// Numbers are compared as numbers, whatever their notation. Throws Error(data) where an order
  /// is asked of what is no number.
  bool selects(std::size_t row) const;

 private:
  enum class Comparison { equal, unequal, less, at_most, greater, at_least };
  struct Condition {
    std::size_t column;
    Comparison comparison;
    std::string value;
    std::optional<double> number;
  };

  static Condition parse(const std::string& text, const CsvTable& table);
  bool holds(const Condition& condition, std::size_t row) const;

  const CsvTable& table_;
  std::vector<Condition> conditions_;
};

/// The parts between commas; none of an empty text.
std::vector<std::string> comma_separated(const std::string& text);

}  // namespace nas
