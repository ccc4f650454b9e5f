#include "plugins/estimators/table/measurements.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/random.hpp"
#include "core/base/text.hpp"
#include "core/data/row_filter.hpp"

namespace nas {
namespace {

/// The cells of the key, with commas between them.
std::string key_of(const CsvTable& table, const std::vector<std::size_t>& columns,
                   std::size_t row) {
  std::string key;
  for (const std::size_t column : columns) {
    if (!key.empty()) key += ',';
    key += table.cell(row, column);
  }
  return key;
}

/// "'[0,2,1]', '021' or 'a|c|b'", of one genotype.
std::string example_codes(const SearchSpace& space) {
  Random random(0);
  const Genotype genotype = space.sample(random);
  std::string digits;
  for (const int answer : genotype.answers) digits += std::to_string(answer);
  std::string examples = fmt::format("codes such as '{}'", genotype.text());
  for (const std::string& other : {digits, space.text(genotype)}) {
    if (space.parse_code(other) == genotype) examples += fmt::format(" or '{}'", other);
  }
  return examples;
}

}  // namespace

Measurements::Measurements(const OptionValues& options, const SearchSpace& space) : space_(space) {
  if (options.text("file").empty()) {
    throw Error(ErrorKind::config, "table.file is empty; it names the table, a CSV file");
  }
  const CsvTable table(options.text("file"));
  const std::string& repeats = options.text("repeats");
  repeats_ = repeats == "mean"    ? Repeats::mean
             : repeats == "first" ? Repeats::first
             : repeats == "draw"  ? Repeats::draw
                                  : Repeats::none;
  choose_columns(table, options);
  read_rows(table, options);
}

void Measurements::choose_columns(const CsvTable& table, const OptionValues& options) {
  for (const std::string& name : comma_separated(options.text("key"))) {
    keys_.push_back(table.column(name, "table.key"));
  }
  if (keys_.empty()) keys_.push_back(0);
  for (const std::string& name : comma_separated(options.text("objective"))) {
    table.column(name, "table.objective");
    searchable_.push_back(name);
  }
  if (searchable_.empty()) {
    throw Error(ErrorKind::config,
                fmt::format("table.objective is empty; name the column to search by, of {}",
                            fmt::join(table.columns(), ", ")));
  }
  required_ = searchable_;
  const std::string& cost = options.text("cost");
  if (!cost.empty()) {
    table.column(cost, "table.cost");
    searchable_.emplace_back(cost_metric);
    if (std::ranges::find(required_, cost) == required_.end()) required_.push_back(cost);
  }
  for (std::size_t place = 0; place < table.columns().size(); ++place) {
    const std::string& name = table.columns()[place];
    const bool is_key = std::ranges::find(keys_, place) != keys_.end();
    const bool is_required = std::ranges::find(required_, name) != required_.end();
    if (is_key && is_required) {
      throw Error(ErrorKind::config,
                  fmt::format("column '{}' is both table.key and an objective or the cost", name));
    }
    if (name == cost_metric && !cost.empty() && cost != cost_metric) {
      throw Error(
          ErrorKind::config,
          fmt::format("table.cost '{}': the table has a column 'cost' already, and the cost "
                      "of a trial can be one of them only",
                      cost));
    }
    if (!is_key) columns_.push_back({place, name});
    if (name == cost && name != cost_metric) columns_.push_back({place, cost_metric});
  }
}

void Measurements::read_rows(const CsvTable& table, const OptionValues& options) {
  const RowFilter filter(options.text("where"), table);
  std::vector<std::pair<Genotype, std::size_t>> keys;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (!filter.selects(row)) continue;
    const std::string key = key_of(table, keys_, row);
    auto genotype = space_.parse_code(key);
    if (!genotype) {
      table.reject(row, fmt::format("the key '{}' is no code of the space '{}', which has {}", key,
                                    space_.name(), example_codes(space_)));
    }
    keys.emplace_back(std::move(*genotype), row);
    for (Column& column : columns_) {
      const std::string_view cell = table.cell(row, column.place);
      const auto number = parse_real(cell);
      values_.push_back(number.value_or(std::numeric_limits<double>::quiet_NaN()));
      if (number) continue;
      const std::string& name = table.columns()[column.place];
      if (std::ranges::find(required_, name) != required_.end()) {
        table.reject(row, fmt::format("'{}' is '{}'; it must be a number", name, cell));
      }
      if (!cell.empty()) column.is_numeric = false;
    }
  }
  if (keys.empty()) {
    throw Error(ErrorKind::config, fmt::format("table.where '{}' selects no row of '{}'",
                                               options.text("where"), table.file().string()));
  }
  index(table, std::move(keys));
}

/// `keys` are the genotypes of the selected rows with their places in the table.
void Measurements::index(const CsvTable& table,
                         std::vector<std::pair<Genotype, std::size_t>> keys) {
  constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  std::pair<std::size_t, std::size_t> first_repeat{none, none};  // a row, and one of the same key
  std::vector<std::size_t> order(keys.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {},
                           [&](std::size_t i) -> const Genotype& { return keys[i].first; });
  for (const std::size_t i : order) {
    if (entries_.empty() || entries_.back().genotype != keys[i].first) {
      entries_.push_back({std::move(keys[i].first), rows_.size(), rows_.size()});
    } else if (repeats_ == Repeats::none && keys[i].second < first_repeat.second) {
      first_repeat = {keys[rows_.back()].second, keys[i].second};
    }
    rows_.push_back(i);
    ++entries_.back().end;
  }
  const auto [before, repeat] = first_repeat;
  if (repeat == none) return;
  table.reject(repeat,
               fmt::format("the key '{}' is that of line {} too; table.repeats=mean, first or draw "
                           "says what several rows of one network mean, table.where selects rows",
                           key_of(table, keys_, repeat), table.line(before)));
}

const Measurements::Entry* Measurements::entry_of(const Genotype& genotype) const {
  const auto found = std::ranges::lower_bound(entries_, genotype, {}, &Entry::genotype);
  return found != entries_.end() && found->genotype == genotype ? &*found : nullptr;
}

std::optional<Metrics> Measurements::find(const Genotype& genotype, std::uint64_t seed) const {
  const Entry* entry = entry_of(genotype);
  if (entry == nullptr) entry = entry_of(space_.canonical(genotype));
  if (entry == nullptr) return std::nullopt;
  std::size_t begin = entry->begin;
  std::size_t end = entry->end;
  if (repeats_ == Repeats::draw) begin += Random(derive_seed(seed, "table")).below(end - begin);
  if (repeats_ != Repeats::mean) end = begin + 1;
  Metrics metrics;
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    if (!columns_[column].is_numeric) continue;
    double sum = 0;
    double count = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const double one = value(rows_[i], column);
      if (std::isnan(one)) continue;
      sum += one;
      ++count;
    }
    if (count > 0) metrics.emplace(columns_[column].metric, sum / count);
  }
  return metrics;
}

}  // namespace nas
