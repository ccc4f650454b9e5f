#include "search_spaces/nas_bench_101_space.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "core/search/big_integer.hpp"
#include "search_spaces/space_options.hpp"

namespace nas {
namespace {

constexpr const char* space_name = "nasbench101";
constexpr std::int64_t smallest_resolution = 4;  // halved twice

constexpr OptionSpec option_table[] = {
    {"preset", OptionType::choice, "small", "Widths and depth for small machines, or the paper's.",
     0, 0, preset_choices},
    {"vertices", OptionType::integer, "7", "Most vertices of a cell, with input and output.", 2,
     nas_bench_101_most_vertices},
    {"edges", OptionType::integer, "9", "Most edges of a cell.", 1, 21},
    {"channels", OptionType::integer, "0",
     "Channels of the first stack, at least 8; 0: the preset's.", 0, 512},
    {"cells", OptionType::integer, "0", "Cells in each stack; 0: the preset's.", 0, 20},
};

class NasBench101Space final : public SearchSpace {
 public:
  NasBench101Space(const Task& task, const OptionValues& options)
      : task_(task),
        cells_(static_cast<std::size_t>(options.integer("vertices")),
               static_cast<std::size_t>(options.integer("edges"))),
        channels_(preset_value(options, "channels", {.small = 16, .published = 128, .least = 8})),
        repeats_(preset_value(options, "cells", {.small = 1, .published = 3})) {
    const std::size_t vertices = cells_.vertices();
    for (std::size_t from = 0; from < vertices; ++from) {
      for (std::size_t to = from + 1; to < vertices; ++to) {
        decisions_.push_back({fmt::format("edge {}->{}", from, to), {"no", "yes"}, false});
        ends_.emplace_back(from, to);
      }
    }
    std::vector<std::string> ops;
    for (std::size_t op = 0; op < nas_bench_101_ops; ++op) {
      ops.emplace_back(nas_bench_101_op_name(static_cast<NasBench101Op>(op)));
    }
    for (std::size_t v = 1; v + 1 < vertices; ++v) {
      decisions_.push_back({fmt::format("vertex{}.op", v), ops, false});
    }
  }

  const std::string& name() const override { return name_; }
  const std::vector<Decision>& decisions() const override { return decisions_; }

  std::vector<bool> allowed(const Genotype& genotype, std::size_t i) const override {
    if (i >= ends_.size()) {
      const std::size_t vertex = i - ends_.size() + 1;
      const bool used = ((cells_.used(edges_of(genotype, ends_.size())) >> vertex) & 1U) != 0;
      return {true, used, used};
    }
    const std::uint32_t before = edges_of(genotype, i);
    return {can_be_completed(before, i + 1),
            can_be_completed(before | cells_.edge(ends_[i].first, ends_[i].second), i + 1)};
  }

  Architecture build(const Genotype& genotype) const override {
    validate(genotype);
    return nas_bench_101({.cell = cells_.cell(cells_.canonical(form_of(genotype))),
                          .channels = channels_,
                          .cells = repeats_},
                         task_);
  }

  std::optional<BigInteger> size() const override { return completions({}, 0); }

  /// Counted over the graphs, of which there are 2^21 at most.
  std::optional<BigInteger> completions(const Genotype& prefix,
                                        std::size_t answered) const override {
    const std::size_t edges_answered = std::min(answered, ends_.size());
    const std::uint32_t edges = edges_of(prefix, edges_answered);
    if (answered <= ends_.size()) return BigInteger{cells_.count_valid(edges, answered)};
    const std::uint32_t used = cells_.used(edges);
    BigInteger count{1};
    for (std::size_t i = answered; i < decisions_.size(); ++i) {
      if (((used >> (i - ends_.size() + 1)) & 1U) != 0) count.value *= nas_bench_101_ops;
    }
    return count;
  }

  std::vector<SpaceCount> counts() const override {
    std::uint64_t unique = 0;
    cells_.enumerate([&unique](const NasBench101Form&) {
      ++unique;
      return true;
    });
    const std::size_t interior = cells_.vertices() - 2;
    BigInteger unpruned{1};
    unpruned.value <<= cells_.places();
    for (std::size_t v = 0; v < interior; ++v) unpruned.value *= nas_bench_101_ops;
    const std::string limits =
        fmt::format("at most {} vertices and {} edges", cells_.vertices(), cells_.most_edges());
    return {{"unpruned", fmt::format("2^{} * 3^{}, without limits", cells_.places(), interior),
             unpruned.value.str()},
            {"pruned", fmt::format("matrices with ops, every vertex on a path, {}", limits),
             std::to_string(cells_.count_pruned())},
            {"canonical", fmt::format("the same up to isomorphism, {}", limits),
             std::to_string(unique)}};
  }

  Genotype canonical(const Genotype& genotype) const override {
    return genotype_of(cells_.canonical(form_of(SearchSpace::canonical(genotype))));
  }

  Genotype sample_uniform(Random& random) const override {
    return genotype_of(cells_.sample(random));
  }

  Genotype mutate_one(const Genotype& parent, Random& random) const override {
    const std::vector<Genotype> all = neighbours(parent);
    return all.empty() ? parent : all[random.below(all.size())];
  }

  std::vector<Genotype> neighbours(const Genotype& genotype) const override {
    std::set<Genotype> found;
    const auto add = [&](const NasBench101Form& form) {
      if (cells_.used(form.edges) != 0) found.insert(genotype_of(cells_.canonical(form)));
    };
    const NasBench101Form form = cells_.canonical(form_of(genotype));
    const NasBench101Cell cell = cells_.cell(form);
    for (const auto& [from, to] : ends_) {
      NasBench101Form other = form;
      other.edges ^= cells_.edge(from, to);
      if (other.edges > form.edges && cell.edges.size() == cells_.most_edges()) continue;
      add(other);
    }
    for (std::size_t i = 0; i < cell.ops.size(); ++i) {
      for (std::uint8_t op = 0; op < nas_bench_101_ops; ++op) {
        NasBench101Form other = form;
        other.ops[i] = op;
        add(other);
      }
    }
    if (cell.vertices() < cells_.vertices() && cell.edges.size() < cells_.most_edges()) {
      for (std::size_t edge = 0; edge < cell.edges.size(); ++edge) {
        for (std::size_t op = 0; op < nas_bench_101_ops; ++op) {
          add(cells_.form(with_vertex(cell, edge, static_cast<NasBench101Op>(op))));
        }
      }
    }
    found.erase(genotype);
    return {found.begin(), found.end()};
  }

  void enumerate(const std::function<bool(const Genotype&)>& visit) const override {
    cells_.enumerate([&](const NasBench101Form& form) { return visit(genotype_of(form)); });
  }

  /// "conv3x3(0) conv1x1(0+1) output(1+2)": every vertex with those that it reads.
  std::string text(const Genotype& genotype) const override {
    const NasBench101Cell cell = cells_.cell(form_of(genotype));
    std::string result;
    for (std::size_t v = 1; v < cell.vertices(); ++v) {
      const bool is_output = v + 1 == cell.vertices();
      result += is_output ? "output" : nas_bench_101_op_name(cell.ops[v - 1]);
      char separator = '(';
      for (std::size_t from = 0; from < v; ++from) {
        if (!cell.has_edge(from, v)) continue;
        result += separator;
        result += static_cast<char>('0' + from);
        separator = '+';
      }
      result += is_output ? ")" : ") ";
    }
    return result;
  }

  /// "0110;0010;0001;0000,-1 0 2 -2": the rows of the upper triangular matrix, from each vertex to
  /// each, and the ops, by the number that the benchmark's hash gives them or by name; vertices on
  /// no path count for nothing. Isomorphic cells give the same, canonical, genotype.
  std::optional<Genotype> parse_code(const std::string& code) const override {
    const std::size_t comma = code.find(',');
    if (code.starts_with('[') || comma == std::string::npos) return SearchSpace::parse_code(code);
    const auto cell = nas_bench_101_cell(code.substr(0, comma), code.substr(comma + 1));
    if (!cell || cell->vertices() > cells_.vertices() || cell->edges.size() > cells_.most_edges()) {
      return std::nullopt;
    }
    const NasBench101Form form = cells_.form(*cell);
    if (cells_.used(form.edges) == 0) return std::nullopt;
    return genotype_of(cells_.canonical(form));
  }

 private:
  /// Of the first `answered` answers.
  std::uint32_t edges_of(const Genotype& genotype, std::size_t answered) const {
    std::uint32_t edges = 0;
    for (std::size_t i = 0; i < answered; ++i) {
      if (genotype.answers[i] == 1) edges |= cells_.edge(ends_[i].first, ends_[i].second);
    }
    return edges;
  }

  NasBench101Form form_of(const Genotype& genotype) const {
    NasBench101Form form{edges_of(genotype, ends_.size()), {}};
    for (std::size_t i = ends_.size(); i < genotype.answers.size(); ++i) {
      form.ops[i - ends_.size()] = static_cast<std::uint8_t>(genotype.answers[i]);
    }
    return form;
  }

  Genotype genotype_of(const NasBench101Form& form) const {
    Genotype genotype;
    genotype.answers.resize(decisions_.size());
    for (std::size_t i = 0; i < ends_.size(); ++i) {
      genotype.answers[i] = static_cast<int>((form.edges >> (ends_.size() - 1 - i)) & 1U);
    }
    for (std::size_t i = ends_.size(); i < decisions_.size(); ++i) {
      genotype.answers[i] = form.ops[i - ends_.size()];
    }
    return genotype;
  }

  /// Whether edges number `from_place` and later can make a path without there being too many.
  bool can_be_completed(std::uint32_t edges, std::size_t from_place) const {
    constexpr int unreachable = std::numeric_limits<int>::max() / 2;
    std::array<int, nas_bench_101_most_vertices> missing{};  // edges on the way from the input
    missing.fill(unreachable);
    missing[0] = 0;
    for (std::size_t i = 0; i < ends_.size(); ++i) {
      const auto [from, to] = ends_[i];
      const bool is_there = (edges & cells_.edge(from, to)) != 0;
      if (!is_there && i < from_place) continue;
      missing[to] = std::min(missing[to], missing[from] + (is_there ? 0 : 1));
    }
    return std::popcount(edges) + missing[cells_.vertices() - 1] <=
           static_cast<int>(cells_.most_edges());
  }

  /// The cell with a vertex on one of its edges.
  static NasBench101Cell with_vertex(const NasBench101Cell& cell, std::size_t edge,
                                     NasBench101Op op) {
    const auto [begin, end] = cell.edges[edge];
    const std::size_t added = begin + 1;
    const auto place = [added](std::size_t v) { return v < added ? v : v + 1; };
    NasBench101Cell result{cell.ops, {}};
    result.ops.insert(result.ops.begin() + static_cast<std::ptrdiff_t>(begin), op);
    for (std::size_t i = 0; i < cell.edges.size(); ++i) {
      const auto [from, to] = cell.edges[i];
      if (i != edge) result.edges.emplace_back(place(from), place(to));
    }
    result.edges.emplace_back(begin, added);
    result.edges.emplace_back(added, place(end));
    return result;
  }

  std::string name_ = space_name;
  Task task_;
  NasBench101Cells cells_;
  std::int64_t channels_;
  std::int64_t repeats_;
  std::vector<Decision> decisions_;
  std::vector<std::pair<std::size_t, std::size_t>> ends_;  ///< of the edge of each decision
};

}  // namespace

std::span<const OptionSpec> nas_bench_101_options() { return option_table; }

std::unique_ptr<SearchSpace> make_nas_bench_101(const Task& task, const OptionValues& options) {
  check_task(space_name, task, smallest_resolution);
  return std::make_unique<NasBench101Space>(task, options);
}

SpaceEntry nas_bench_101_space() {
  return {space_name,
          "NAS-Bench-101: a graph of at most seven vertices and nine edges with an op at each "
          "vertex (Ying et al. 2019).",
          nas_bench_101_options(), make_nas_bench_101};
}

}  // namespace nas
