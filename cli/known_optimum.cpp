#include "cli/known_optimum.hpp"

#include <algorithm>
#include <map>
#include <string>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/hash.hpp"
#include "core/base/text.hpp"
#include "core/data/csv_table.hpp"
#include "core/data/row_filter.hpp"

namespace nas::cli {

namespace {

using Options = std::map<std::string, std::string>;

/// Empty where the run was made by a version without the option.
std::string option_of(const Options& options, const char* name) {
  const auto found = options.find(name);
  return found == options.end() ? "" : found->second;
}

void check_hash(const RunCourse& run, const std::string& file) {
  const RunSetting& recorded = run.settings.at("table.file");
  const bool has_hash = recorded.value != file;
  if (!has_hash || hash_file(file).text() == recorded.value) return;
  throw Error(ErrorKind::data,
              fmt::format("'{}' has changed since '{}' was run", file, run.path.string()));
}

/// What several rows of one key say together.
class Rows {
 public:
  explicit Rows(std::string repeats) : repeats_(std::move(repeats)) {}

  void add(double value) {
    if (repeats_ == "first" && count_ > 0) return;
    sum_ += value;
    best_ = count_ == 0 ? value : std::max(best_, value);
    ++count_;
  }
  /// Of rows that are drawn, the best: a trial may have had it.
  double value() const { return repeats_ == "mean" ? sum_ / count_ : best_; }

 private:
  std::string repeats_;
  double sum_ = 0;
  double best_ = 0;
  double count_ = 0;
};

std::string key_text(const CsvTable& table, const std::vector<std::size_t>& columns,
                     std::size_t row) {
  std::string key;
  for (const std::size_t column : columns) key.append(table.cell(row, column)).push_back(',');
  return key;
}

std::optional<double> best_of_column(const CsvTable& table, const Options& options,
                                     std::size_t column, bool maximise) {
  std::vector<std::size_t> keys;
  for (const std::string& name : comma_separated(option_of(options, "key"))) {
    keys.push_back(table.column(name, "table.key"));
  }
  if (keys.empty()) keys.push_back(0);
  const RowFilter filter(option_of(options, "where"), table);
  std::map<std::string, Rows> by_key;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto value = parse_real(table.cell(row, column));
    if (!value || !filter.selects(row)) continue;
    by_key.try_emplace(key_text(table, keys, row), option_of(options, "repeats"))
        .first->second.add(maximise ? *value : -*value);
  }
  std::optional<double> best;
  for (const auto& [key, rows] : by_key) best = std::max(best.value_or(rows.value()), rows.value());
  if (best && !maximise) best = -*best;
  return best;
}

}  // namespace

std::optional<double> known_optimum(const RunCourse& run, const ComparedMetric& metric) {
  const auto options = run.config.options.find("table");
  const bool of_table = run.config.estimator == "table" && options != run.config.options.end() &&
                        metric.source == ComparedMetric::Source::best_trial;
  if (!of_table || !run.config.limits.empty()) return std::nullopt;
  const std::string file = option_of(options->second, "file");
  if (file.empty()) return std::nullopt;
  check_hash(run, file);
  const CsvTable table(file);
  const std::string cost = option_of(options->second, "cost");
  const std::string& name = metric.name == "cost" && !cost.empty() ? cost : metric.name;
  const auto column = std::ranges::find(table.columns(), name);
  if (column == table.columns().end()) return std::nullopt;
  return best_of_column(table, options->second,
                        static_cast<std::size_t>(column - table.columns().begin()),
                        metric.maximise);
}

}  // namespace nas::cli
