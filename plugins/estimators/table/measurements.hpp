/// What a table says of the genotypes of a space.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/options.hpp"
#include "core/data/csv_table.hpp"
#include "core/search/search_space.hpp"
#include "core/search/trial.hpp"

namespace nas {

/// The name of the metric that the column of `table.cost` becomes.
inline constexpr const char* cost_metric = "cost";

class Measurements {
 public:
  /// `options` are those of the estimator `table`. Throws Error(io), Error(data) with the line of
  /// what is wrong with the file, Error(config) where an option does not suit it.
  Measurements(const OptionValues& options, const SearchSpace& space);

  /// The columns that may be objectives, in the order given, then "cost" where there is one.
  const std::vector<std::string>& searchable() const { return searchable_; }
  /// Every column of numbers but those of the key, and "cost"; an empty cell is no metric. A
  /// genotype without a row is looked up by its canonical form. Which of several rows is drawn is a
  /// function of `seed`. Nothing where there is no row.
  std::optional<Metrics> find(const Genotype& genotype, std::uint64_t seed) const;

 private:
  enum class Repeats { none, mean, first, draw };
  /// Rows of one genotype, in the order of the file: a part of `rows_`.
  struct Entry {
    Genotype genotype;
    std::size_t begin;
    std::size_t end;
  };

  void choose_columns(const CsvTable& table, const OptionValues& options);
  void read_rows(const CsvTable& table, const OptionValues& options);
  void index(const CsvTable& table, std::vector<std::pair<Genotype, std::size_t>> keys);
  const Entry* entry_of(const Genotype& genotype) const;
  double value(std::size_t row, std::size_t column) const {
    return values_[row * columns_.size() + column];
  }

  const SearchSpace& space_;
  Repeats repeats_ = Repeats::none;
  std::vector<std::string> searchable_;
  std::vector<std::size_t> keys_;      ///< columns of the table
  std::vector<std::string> required_;  ///< metrics that every row must have
  struct Column {
    std::size_t place;       ///< in the table
    std::string metric;      ///< its name in the results
    bool is_numeric = true;  ///< false: no metric
  };
  std::vector<Column> columns_;
  std::vector<double> values_;     ///< of `columns_`, selected row by row; NaN: the cell is empty
  std::vector<std::size_t> rows_;  ///< places of selected rows, by genotype
  std::vector<Entry> entries_;     ///< in ascending order
};

}  // namespace nas
