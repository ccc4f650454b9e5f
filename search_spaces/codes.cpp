#include "search_spaces/codes.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/data/csv_table.hpp"
#include "core/search/big_integer.hpp"

namespace nas {
namespace {

constexpr OptionSpec option_table[] = {
    {codes_file_option, OptionType::text, "",
     "The table of the codes, CSV, plain or gzip; --space table:FILE gives it."},
    {"key", OptionType::text, "", "The column of the codes; the first one if empty."},
    {"separator", OptionType::text, "",
     "Between the tokens of a code; if empty, every character is a token."},
};

using Tokens = std::vector<std::string>;

Tokens tokens_of(std::string_view code, const std::string& separator) {
  Tokens tokens;
  if (separator.empty()) {
    for (const char character : code) tokens.emplace_back(1, character);
    return tokens;
  }
  while (true) {
    const std::size_t end = code.find(separator);
    tokens.emplace_back(code.substr(0, end));
    if (end == std::string_view::npos) return tokens;
    code.remove_prefix(end + separator.size());
  }
}

/// Numbers by value before all else, texts as they are.
bool comes_before(const std::string& a, const std::string& b) {
  const auto rank = [](const std::string& token) {
    const auto number = parse_real(token);
    return std::tuple(!number.has_value(), number.value_or(0), token);
  };
  return rank(a) < rank(b);
}

struct TokenOrder {
  bool operator()(const std::string& a, const std::string& b) const { return comes_before(a, b); }
};

/// The tokens of every row; the table's lines are for messages.
std::vector<Tokens> read_codes(const CsvTable& table, std::size_t column,
                               const std::string& separator) {
  std::vector<Tokens> codes;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    codes.push_back(tokens_of(table.cell(row, column), separator));
    if (codes.back().empty()) table.reject(row, "the code is empty");
    if (codes.back().size() != codes.front().size()) {
      table.reject(row, fmt::format("the code '{}' has {}, and '{}' on line {} has {}; all codes "
                                    "must be of one length",
                                    table.cell(row, column),
                                    counted(static_cast<double>(codes.back().size()), "token"),
                                    table.cell(0, column), table.line(0), codes.front().size()));
    }
  }
  return codes;
}

std::vector<Decision> decisions_of(const std::vector<Tokens>& codes) {
  std::vector<Decision> decisions;
  for (std::size_t i = 0; i < codes.front().size(); ++i) {
    std::set<std::string, TokenOrder> seen;
    for (const Tokens& code : codes) seen.insert(code[i]);
    decisions.push_back({fmt::format("place{}", i + 1), {seen.begin(), seen.end()}, false});
  }
  return decisions;
}

class CodesSpace final : public SearchSpace {
 public:
  CodesSpace(const std::vector<Tokens>& codes, std::string separator, std::string file)
      : separator_(std::move(separator)), file_(std::move(file)), decisions_(decisions_of(codes)) {
    for (const Tokens& code : codes) present_.push_back(*genotype_of(code));
    std::ranges::sort(present_);
    present_.erase(std::unique(present_.begin(), present_.end()), present_.end());
    BigInteger product{1};
    for (const Decision& decision : decisions_) product.value *= decision.options.size();
    complete_ = product.value == present_.size();
  }

  const std::string& name() const override { return name_; }
  const std::vector<Decision>& decisions() const override { return decisions_; }
  bool has_architectures() const override { return false; }

  Architecture build(const Genotype& genotype) const override {
    throw Error(ErrorKind::space,
                fmt::format("{} is a code in '{}', not an architecture: there is nothing to build",
                            text(genotype), file_));
  }

  std::vector<bool> allowed(const Genotype& genotype, std::size_t i) const override {
    std::vector<bool> open(decisions_[i].options.size(), complete_);
    if (complete_) return open;
    auto [first, last] = with_prefix(genotype, i);
    while (first != last) {
      const int answer = first->answers[i];
      open[static_cast<std::size_t>(answer)] = true;
      first = std::partition_point(
          first, last, [&](const Genotype& other) { return other.answers[i] == answer; });
    }
    return open;
  }

  std::optional<BigInteger> size() const override { return BigInteger{present_.size()}; }
  std::optional<BigInteger> completions(const Genotype& prefix,
                                        std::size_t answered) const override {
    const auto [first, last] = with_prefix(prefix, answered);
    return BigInteger{last - first};
  }

  /// The code.
  std::string text(const Genotype& genotype) const override {
    Tokens tokens;
    for (std::size_t i = 0; i < decisions_.size(); ++i) {
      tokens.push_back(decisions_[i].options.at(static_cast<std::size_t>(genotype.answers.at(i))));
    }
    return fmt::format("{}", fmt::join(tokens, separator_));
  }

  std::optional<Genotype> parse_code(const std::string& code) const override {
    auto genotype = genotype_of(tokens_of(code, separator_));
    if (genotype && !std::ranges::binary_search(present_, *genotype)) return std::nullopt;
    return genotype;
  }

  Genotype sample(Random& random) const override { return present_[random.below(present_.size())]; }

 private:
  using Place = std::vector<Genotype>::const_iterator;

  /// Nothing where a token is none of those seen in its place.
  std::optional<Genotype> genotype_of(const Tokens& tokens) const {
    if (tokens.size() != decisions_.size()) return std::nullopt;
    Genotype genotype;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const std::vector<std::string>& options = decisions_[i].options;
      const auto place = std::ranges::lower_bound(options, tokens[i], comes_before);
      if (place == options.end() || *place != tokens[i]) return std::nullopt;
      genotype.answers.push_back(static_cast<int>(place - options.begin()));
    }
    return genotype;
  }

  /// Those that begin with the first `answered` answers of `prefix`.
  std::pair<Place, Place> with_prefix(const Genotype& prefix, std::size_t answered) const {
    const auto length = static_cast<std::ptrdiff_t>(answered);
    const auto begin = prefix.answers.begin();
    const auto compare = [&](const Genotype& other) {
      return std::lexicographical_compare_three_way(
          other.answers.begin(), other.answers.begin() + length, begin, begin + length);
    };
    const auto first = std::ranges::partition_point(
        present_, [&](const Genotype& other) { return compare(other) < 0; });
    const auto last = std::partition_point(
        first, present_.end(), [&](const Genotype& other) { return compare(other) == 0; });
    return {first, last};
  }

  std::string name_ = codes_space_name;
  std::string separator_;
  std::string file_;
  std::vector<Decision> decisions_;
  std::vector<Genotype> present_;  ///< in ascending order
  bool complete_ = false;          ///< every combination of options is there
};

}  // namespace

SpaceEntry codes_space() {
  return {codes_space_name,
          "Codes in a column of a table, for the estimator 'table': --space table:FILE.",
          option_table, make_codes};
}

std::unique_ptr<SearchSpace> make_codes(const Task&, const OptionValues& options) {
  const std::string& file = options.text(codes_file_option);
  if (file.empty()) {
    throw Error(ErrorKind::config,
                "codes.file is empty; --space table:FILE names the table of the codes");
  }
  const CsvTable table(file);
  const std::string& key = options.text("key");
  const std::size_t column = key.empty() ? 0 : table.column(key, "codes.key");
  const std::string& separator = options.text("separator");
  return std::make_unique<CodesSpace>(read_codes(table, column, separator), separator, file);
}

}  // namespace nas
