#include "search_spaces/nas_bench_201_space.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "core/architecture/nas_bench_201.hpp"
#include "search_spaces/product_space.hpp"
#include "search_spaces/space_options.hpp"

namespace nas {
namespace {

constexpr const char* space_name = "nasbench201";
constexpr std::size_t nodes = 4;
constexpr std::size_t edges = 6;
constexpr std::size_t cells = 15625;             // 5^6
constexpr std::int64_t smallest_resolution = 4;  // halved twice

constexpr OptionSpec option_table[] = {
    {"preset", OptionType::choice, "small", "Widths and depth for small machines, or the paper's.",
     0, 0, preset_choices},
    {"channels", OptionType::integer, "0", "Channels of the first stage; 0: the preset's.", 0, 512},
    {"cells", OptionType::integer, "0", "Cells in each stage; 0: the preset's.", 0, 50},
};

std::string code_of(const Genotype& genotype) {
  std::string code;
  for (const int answer : genotype.answers) code += static_cast<char>('0' + answer);
  return code;
}

/// The answers as a number in base 5.
std::size_t index_of(const Genotype& genotype) {
  std::size_t index = 0;
  for (const int answer : genotype.answers) {
    index = index * nas_bench_201_ops + static_cast<std::size_t>(answer);
  }
  return index;
}

Genotype genotype_at(std::size_t index) {
  Genotype genotype;
  genotype.answers.assign(edges, 0);
  for (std::size_t i = edges; i-- > 0; index /= nas_bench_201_ops) {
    genotype.answers[i] = static_cast<int>(index % nas_bench_201_ops);
  }
  return genotype;
}

using Simplification = NasBench201Simplification;
const std::string nothing = "#";

/// What an edge with this op brings of a node.
std::string term(NasBench201Op op, const std::string& node, Simplification how) {
  if (how >= Simplification::skips_and_zeros && (op == NasBench201Op::none || node == nothing)) {
    return nothing;
  }
  if (how >= Simplification::skips && op == NasBench201Op::skip_connect) return node;
  std::string text;  // not by fmt: there are 200,000 of them before the first canonical form
  text.reserve(node.size() + 16);
  return text.append("(").append(node).append(")@").append(nas_bench_201_op_name(op));
}

std::string joined(std::vector<std::string> terms) {
  std::ranges::sort(terms);
  std::string sum;
  for (const std::string& text : terms) sum.append(sum.empty() ? "" : "+").append(text);
  return sum;
}

/// A node of a cell whose sums are flattened: what is added up, without what is nothing.
using Sum = std::vector<std::string>;

std::string flattened(const std::string& code) {
  std::vector<Sum> sums = {{"0"}};
  std::size_t edge = 0;
  while (sums.size() < nodes) {
    Sum sum;
    for (std::size_t from = 0, until = sums.size(); from < until; ++from) {
      const auto op = static_cast<NasBench201Op>(code[edge++] - '0');
      if (op == NasBench201Op::none || sums[from].empty()) continue;
      if (op == NasBench201Op::skip_connect) {
        sum.insert(sum.end(), sums[from].begin(), sums[from].end());
      } else {
        sum.push_back(term(op, joined(sums[from]), Simplification::none));
      }
    }
    sums.push_back(std::move(sum));
  }
  return joined(sums.back());
}

/// For each cell the first one of its class; the same for all instances of the space.
const std::vector<std::size_t>& first_of_class() {
  static const std::vector<std::size_t> table = [] {
    std::map<std::string, std::size_t> first;
    std::vector<std::size_t> result;
    for (std::size_t index = 0; index < cells; ++index) {
      const std::string description =
          nas_bench_201_description(code_of(genotype_at(index)), Simplification::skips_and_zeros);
      result.push_back(first.try_emplace(description, index).first->second);
    }
    return result;
  }();
  return table;
}

std::size_t count_descriptions(Simplification how) {
  std::set<std::string> seen;
  for (std::size_t index = 0; index < cells; ++index) {
    seen.insert(nas_bench_201_description(code_of(genotype_at(index)), how));
  }
  return seen.size();
}

std::vector<Decision> edge_decisions() {
  std::vector<std::string> ops;
  for (std::size_t i = 0; i < nas_bench_201_ops; ++i) {
    ops.emplace_back(nas_bench_201_op_name(static_cast<NasBench201Op>(i)));
  }
  std::vector<Decision> result;
  for (std::size_t to = 1; to < nodes; ++to) {
    for (std::size_t from = 0; from < to; ++from) {
      result.push_back({fmt::format("edge {}->{}", from, to), ops, false});
    }
  }
  return result;
}

class NasBench201Space final : public ProductSpace {
 public:
  NasBench201Space(const Task& task, const OptionValues& options)
      : ProductSpace(space_name, edge_decisions()),
        task_(task),
        channels_(preset_value(options, "channels", {.small = 8, .published = 16})),
        cells_(preset_value(options, "cells", {.small = 1, .published = 5})) {}

  Architecture build(const Genotype& genotype) const override {
    validate(genotype);
    return nas_bench_201({.code = code_of(genotype), .cells = cells_, .channels = channels_},
                         task_);
  }

  Genotype canonical(const Genotype& genotype) const override {
    return genotype_at(first_of_class()[index_of(SearchSpace::canonical(genotype))]);
  }

  std::vector<SpaceCount> counts() const override {
    const auto count = [](const char* name, const char* what, Simplification how) {
      return SpaceCount{name, what, std::to_string(count_descriptions(how))};
    };
    return {
        count("unsimplified", "different strings of 5^6 cells", Simplification::none),
        count("without skips", "different strings where skips are left out", Simplification::skips),
        count("canonical", "different strings where zeros are simplified too",
              Simplification::skips_and_zeros),
        count("functions", "different where sums are flattened and zeros removed",
              Simplification::full)};
  }

  /// "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|…", as the benchmark's authors write cells.
  std::string text(const Genotype& genotype) const override {
    std::string result;
    std::size_t edge = 0;
    for (std::size_t to = 1; to < nodes; ++to) {
      result += to == 1 ? "|" : "+|";
      for (std::size_t from = 0; from < to; ++from) {
        const auto op = static_cast<NasBench201Op>(genotype.answers.at(edge++));
        result += fmt::format("{}~{}|", nas_bench_201_op_name(op), from);
      }
    }
    return result;
  }

  /// As `text` writes it, or a digit for every edge in the order of the decisions.
  std::optional<Genotype> parse_code(const std::string& code) const override {
    if (!code.starts_with('|')) return SearchSpace::parse_code(code);
    Genotype genotype;
    for (std::size_t begin = 0; begin < code.size(); ++begin) {
      if (code[begin] == '|' || code[begin] == '+') continue;
      const std::size_t end = std::min(code.find('~', begin), code.size());
      const std::vector<std::string>& ops = decisions().front().options;
      const auto op = std::ranges::find(ops, code.substr(begin, end - begin));
      genotype.answers.push_back(static_cast<int>(op - ops.begin()));
      begin = std::min(code.find('|', end), code.size());
    }
    const bool is_cell =
        genotype.answers.size() == edges && std::ranges::all_of(genotype.answers, [](int op) {
          return op < static_cast<int>(nas_bench_201_ops);
        });
    return is_cell && text(genotype) == code ? std::optional(genotype) : std::nullopt;
  }

  /// As the benchmark's authors mutate (NATS-Bench, Dong et al. 2021): a node, uniform among those
  /// that have inputs, one of its edges, and another op for it. So edges of nodes with few inputs
  /// change more often than others.
  Genotype mutate_one(const Genotype& parent, Random& random) const override {
    const std::size_t node = 1 + random.below(nodes - 1);
    const std::size_t edge = node * (node - 1) / 2 + random.below(node);
    const auto other = static_cast<int>(random.below(nas_bench_201_ops - 1));
    Genotype child = parent;
    child.answers[edge] = other < parent.answers[edge] ? other : other + 1;
    return child;
  }

 private:
  Task task_;
  std::int64_t channels_;
  std::int64_t cells_;
};

}  // namespace

std::string nas_bench_201_description(const std::string& code, NasBench201Simplification how) {
  if (how == Simplification::full) return flattened(code);
  std::vector<std::string> values = {"0"};
  std::size_t edge = 0;
  while (values.size() < nodes) {
    std::vector<std::string> terms;
    terms.reserve(values.size());
    for (const std::string& from : values) {
      terms.push_back(term(static_cast<NasBench201Op>(code.at(edge++) - '0'), from, how));
    }
    values.push_back(joined(std::move(terms)));
  }
  return values.back();
}

std::span<const OptionSpec> nas_bench_201_options() { return option_table; }

std::unique_ptr<SearchSpace> make_nas_bench_201(const Task& task, const OptionValues& options) {
  check_task(space_name, task, smallest_resolution);
  return std::make_unique<NasBench201Space>(task, options);
}

SpaceEntry nas_bench_201_space() {
  return {space_name,
          "NAS-Bench-201: an op on each of the six edges of a cell with four nodes (Dong, Yang "
          "2020).",
          nas_bench_201_options(), make_nas_bench_201};
}

}  // namespace nas
