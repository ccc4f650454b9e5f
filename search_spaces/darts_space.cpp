#include "search_spaces/darts_space.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/search/big_integer.hpp"
#include "search_spaces/product_space.hpp"
#include "search_spaces/space_options.hpp"

namespace nas {
namespace {

constexpr const char* space_name = "darts";
constexpr std::int64_t smallest_resolution = 4;  // halved twice
constexpr DartsSettings published{.channels = 36, .cells = 20};
constexpr DartsSettings published_search{.channels = 16, .cells = 8};

/// The ops that are derived: all but `none`, which is first.
constexpr int discrete_ops = darts_ops - 1;
constexpr std::size_t decisions_per_node = 3;

constexpr OptionSpec option_table[] = {
    {"preset", OptionType::choice, "small", "Width and depth for small machines, or the paper's.",
     0, 0, preset_choices},
    {"nodes", OptionType::integer, "4", "Nodes in a cell.", 1, 8},
    {"channels", OptionType::integer, "0",
     "Channels of the nodes in the first cell; 0: the preset's.", 0, 512},
    {"cells", OptionType::integer, "0", "Cells in the network; 0: the preset's.", 0, 50},
};

/// Two different states of those before node `node`, in ascending order.
using Pair = std::pair<std::size_t, std::size_t>;
std::vector<Pair> pairs_before(std::size_t node) {
  std::vector<Pair> pairs;
  for (std::size_t second = 1; second < node + 2; ++second) {
    for (std::size_t first = 0; first < second; ++first) pairs.emplace_back(first, second);
  }
  return pairs;
}

std::vector<Decision> cell_decisions(std::size_t nodes) {
  std::vector<std::string> ops;
  for (int op = 1; op <= discrete_ops; ++op) {
    ops.emplace_back(darts_op_name(static_cast<DartsOp>(op)));
  }
  std::vector<Decision> result;
  for (const char* cell : {"normal", "reduction"}) {
    for (std::size_t node = 0; node < nodes; ++node) {
      std::vector<std::string> inputs;
      for (const auto& [first, second] : pairs_before(node)) {
        inputs.push_back(fmt::format("{}+{}", first, second));
      }
      const std::string at = fmt::format("{}.node{}.", cell, node);
      result.push_back({at + "inputs", inputs, false});
      result.push_back({at + "first", ops, false});
      result.push_back({at + "second", ops, false});
    }
  }
  return result;
}

DartsOp op_of(int answer) { return static_cast<DartsOp>(answer + 1); }
int answer_of(DartsOp op) { return static_cast<int>(op) - 1; }

/// The cell whose first answer is number `at`.
DartsCellGenotype cell_of(const Genotype& genotype, std::size_t at, std::size_t nodes) {
  DartsCellGenotype cell;
  for (std::size_t node = 0; node < nodes; ++node, at += decisions_per_node) {
    const auto answer = static_cast<std::size_t>(genotype.answers[at]);
    const auto [first, second] = pairs_before(node)[answer];
    cell.push_back({op_of(genotype.answers[at + 1]), first});
    cell.push_back({op_of(genotype.answers[at + 2]), second});
  }
  return cell;
}

void append_answers(Genotype& genotype, const DartsCellGenotype& cell) {
  for (std::size_t node = 0; 2 * node < cell.size(); ++node) {
    DartsEdge first = cell[2 * node], second = cell[2 * node + 1];
    if (second.from < first.from) std::swap(first, second);
    const std::vector<Pair> pairs = pairs_before(node);
    const auto found = std::ranges::find(pairs, Pair{first.from, second.from});
    genotype.answers.push_back(static_cast<int>(found - pairs.begin()));
    genotype.answers.push_back(answer_of(first.op));
    genotype.answers.push_back(answer_of(second.op));
  }
}

/// "sep_conv_3x3(0)+skip_connect(1) …": nodes in order, the inputs in brackets.
std::string cell_text(const DartsCellGenotype& cell) {
  std::vector<std::string> nodes;
  for (std::size_t i = 0; i < cell.size(); i += 2) {
    nodes.push_back(fmt::format("{}({})+{}({})", darts_op_name(cell[i].op), cell[i].from,
                                darts_op_name(cell[i + 1].op), cell[i + 1].from));
  }
  return fmt::format("{}", fmt::join(nodes, " "));
}

class DartsSpace final : public ProductSpace {
 public:
  DartsSpace(const Task& task, const OptionValues& options)
      : ProductSpace(space_name,
                     cell_decisions(static_cast<std::size_t>(options.integer("nodes")))),
        task_(task),
        nodes_(static_cast<std::size_t>(options.integer("nodes"))),
        settings_{.channels = preset_value(options, "channels",
                                           {.small = 8, .published = published.channels}),
                  .cells = static_cast<std::size_t>(preset_value(
                      options, "cells",
                      {.small = 5, .published = static_cast<std::int64_t>(published.cells)}))} {}

  Architecture build(const Genotype& genotype) const override {
    validate(genotype);
    return darts_network(cells_of(genotype), settings_, task_);
  }

  std::vector<SpaceCount> counts() const override {
    BigInteger cell{1}, ordered{1};
    for (std::size_t k = 2; k < nodes_ + 2; ++k) {
      cell.value *= k * (k - 1) / 2 * discrete_ops * discrete_ops;
      ordered.value *= k * k * darts_ops * darts_ops;
    }
    return {{"one cell", fmt::format("product over k = 2 … {} of C(k,2) * 7^2", nodes_ + 1),
             cell.value.str()},
            {"one cell, as in Radosavovic et al. 2019",
             fmt::format("product over k = 2 … {} of k^2 * 8^2: ordered inputs that may be equal, "
                         "and `none` among the ops",
                         nodes_ + 1),
             ordered.value.str()}};
  }

  std::string text(const Genotype& genotype) const override {
    const DartsGenotype cells = cells_of(genotype);
    return fmt::format("normal {} | reduction {}", cell_text(cells.normal),
                       cell_text(cells.reduction));
  }

 private:
  DartsGenotype cells_of(const Genotype& genotype) const {
    return {cell_of(genotype, 0, nodes_), cell_of(genotype, nodes_ * decisions_per_node, nodes_)};
  }

  Task task_;
  std::size_t nodes_;
  DartsSettings settings_;
};

NamedArchitecture derived(const char* name, const char* order, DartsGenotype (*cells)()) {
  return {name,
          fmt::format("DARTS' cells of the {} search at 36 channels and 20 cells, without the "
                      "auxiliary classifier (Liu et al. 2018)",
                      order),
          {{3, 32, 32}, 10},
          [cells](const Task& task) { return darts_network(cells(), published, task); }};
}

}  // namespace

Genotype darts_answers(const DartsGenotype& cells) {
  Genotype genotype;
  append_answers(genotype, cells.normal);
  append_answers(genotype, cells.reduction);
  return genotype;
}

std::span<const OptionSpec> darts_options() { return option_table; }

std::unique_ptr<SearchSpace> make_darts(const Task& task, const OptionValues& options) {
  check_task(space_name, task, smallest_resolution);
  return std::make_unique<DartsSpace>(task, options);
}

SpaceEntry darts_space() {
  return {space_name,
          "DARTS: two cells, in each node the sum of two ops on different earlier states (Liu et "
          "al. 2018).",
          darts_options(),
          make_darts,
          {derived("darts-v1", "first-order", darts_v1),
           derived("darts-v2", "second-order", darts_v2),
           {"darts-search",
            "DARTS' relaxed network, every op on every edge, at 16 channels and 8 cells (Liu et "
            "al. 2018)",
            {{3, 32, 32}, 10},
            [](const Task& task) { return darts_search_network(published_search, task); }}}};
}

}  // namespace nas
