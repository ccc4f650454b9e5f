#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "search_spaces/staged/description.hpp"

namespace nas {

bool uses_kernel(const Block& block) {
  return !block.kernel && block.op != BlockOp::shuffle_xception && block.op != BlockOp::identity;
}
bool uses_expansion(const Block& block) {
  return !block.expansion && block.op == BlockOp::inverted_bottleneck;
}
bool uses_squeeze(const Block& block) { return uses_skip(block); }
bool uses_skip(const Block& block) {
  return block.op == BlockOp::convolution || block.op == BlockOp::separable ||
         block.op == BlockOp::inverted_bottleneck;
}
bool uses_branch(const Block& block) {
  return block.op == BlockOp::shuffle || block.op == BlockOp::shuffle_xception;
}
bool uses_activation(const Block& block) { return uses_skip(block); }

namespace {

[[noreturn]] void reject(const SpaceDescription& description, int line, const std::string& why) {
  const std::string place = description.source.empty()
                                ? fmt::format("space '{}': ", description.name)
                                : (line > 0 ? fmt::format("{}:{}: ", description.source, line)
                                            : description.source + ": ");
  throw Error(ErrorKind::space, place + why);
}

/// The line of a choice, or that of the stage where it has none of its own.
template <typename T>
int line_of(const Choice<T>& choice, const Stage& stage) {
  return choice.line > 0 ? choice.line : stage.line;
}

class Check {
 public:
  explicit Check(SpaceDescription& description) : description_(description) {}

  void run() {
    if (description_.stages.empty()) reject(description_, 0, "there must be at least one stage");
    for (Cell& cell : description_.cells) check_cell(cell);
    std::vector<std::int64_t> inputs = description_.stem.width.values;
    for (const Stage& stage : description_.stages) {
      named_once(stages_, stage.name, stage.line, "stage");
      if (stage.cell.empty()) {
        check_blocks(stage);
        check_groups(stage, inputs);
        check_shuffle(stage, inputs);
      } else {
        check_cell_stage(stage);
      }
      inputs = stage.width.values;
      if (!stage.cell.empty()) multiply_by_outputs(stage, inputs);
    }
  }

 private:
  void named_once(std::set<std::string>& names, const std::string& name, int line,
                  const char* what) {
    if (names.insert(name).second) return;
    reject(description_, line, fmt::format("the name '{}' is taken by another {}", name, what));
  }

  void check_blocks(const Stage& stage) {
    std::set<std::string> blocks;
    const int line = line_of(stage.op, stage);
    for (const Block& block : stage.op.values) named_once(blocks, block.name, line, "block");
    const auto is_identity = [](const Block& block) { return block.op == BlockOp::identity; };
    if (std::ranges::any_of(stage.op.values, is_identity)) {
      if (stage.op.scope != Scope::layer || std::ranges::all_of(stage.op.values, is_identity)) {
        reject(description_, line,
               fmt::format("stage '{}': an identity must be one of several ops that are chosen per "
                           "layer, since the first layer of a stage cannot be one",
                           stage.name));
      }
      if (stage.width.scope == Scope::layer) {
        reject(description_, line,
               fmt::format("stage '{}': an identity needs layers of one width; let the width be "
                           "chosen per stage",
                           stage.name));
      }
    }
    const bool plain = std::ranges::any_of(stage.op.values, [](const Block& block) {
      return block.op == BlockOp::separable || block.op == BlockOp::inverted_bottleneck;
    });
    if (plain && !description_.affine) {
      reject(description_, line,
             fmt::format("stage '{}': batch norms without scale and shift (affine false) are for "
                         "convolutions, shuffle units and cells",
                         stage.name));
    }
  }

  void check_groups(const Stage& stage, const std::vector<std::int64_t>& inputs) {
    if (stage.groups == 1) return;
    const auto all = [&](const std::vector<std::int64_t>& channels, const char* what) {
      for (const std::int64_t each : channels) {
        if (each % stage.groups == 0) continue;
        reject(description_, stage.groups_line > 0 ? stage.groups_line : stage.line,
               fmt::format("stage '{}': groups '{}' must divide the {} of its {}", stage.name,
                           stage.groups, each, what));
      }
    };
    all(inputs, "input channels");
    all(stage.width.values, "output channels (width)");
  }

  void check_shuffle(const Stage& stage, const std::vector<std::int64_t>& inputs) {
    if (std::ranges::none_of(stage.op.values, uses_branch)) return;
    const int line = line_of(stage.width, stage);
    if (stage.width.scope == Scope::layer) {
      reject(description_, line,
             fmt::format("stage '{}': shuffle units need layers of one width; let the width be "
                         "chosen per stage",
                         stage.name));
    }
    for (const std::int64_t width : stage.width.values) {
      if (width % 2 != 0) {
        reject(description_, line,
               fmt::format("stage '{}': width '{}' must be even for shuffle units", stage.name,
                           width));
      }
      for (const std::int64_t input : inputs) check_first_unit(stage, width, input);
    }
  }

  void check_first_unit(const Stage& stage, std::int64_t width, std::int64_t input) {
    for (const std::int64_t stride : stage.stride.values) {
      if (stride == 1 ? width == input : width > input) continue;
      reject(description_, line_of(stage.width, stage),
             fmt::format("stage '{}': width '{}' must be {} the {} channels of its input, for a "
                         "shuffle unit of stride {}",
                         stage.name, width, stride == 1 ? "equal to" : "more than", input, stride));
    }
  }

  const Cell& cell_called(const std::string& name, const Stage& stage) {
    const auto found = std::ranges::find(description_.cells, name, &Cell::name);
    if (found != description_.cells.end()) return *found;
    std::vector<std::string> known;
    for (const Cell& cell : description_.cells) known.push_back(cell.name);
    reject(description_, stage.line,
           fmt::format("stage '{}': there is no cell '{}'{}", stage.name, name,
                       suggestion(name, known)));
  }

  void check_cell_stage(const Stage& stage) {
    cell_called(stage.cell, stage);
    if (!stage.reduction_cell.empty()) cell_called(stage.reduction_cell, stage);
    if (stage.width.scope == Scope::layer) {
      reject(
          description_, line_of(stage.width, stage),
          fmt::format("stage '{}': cells have one width; let it be chosen per stage", stage.name));
    }
  }

  void multiply_by_outputs(const Stage& stage, std::vector<std::int64_t>& channels) {
    const auto outputs = static_cast<std::int64_t>(cell_called(stage.cell, stage).output.size());
    for (std::int64_t& each : channels) each *= outputs;
  }

  void check_cell(Cell& cell) {
    named_once(cells_, cell.name, cell.line, "cell");
    if (cell.inputs.empty() || cell.inputs.size() > 2) {
      reject(description_, cell.line,
             fmt::format("cell '{}': it has {} inputs but must have one (the cell before) or two "
                         "(the one before that, first)",
                         cell.name, cell.inputs.size()));
    }
    std::set<std::string> names;
    for (const std::string& name : cell.inputs) named_once(names, name, cell.line, "node");
    for (const std::string& name : cell.nodes) named_once(names, name, cell.line, "node");
    check_edges(cell);
    sort_nodes(cell);
    check_reached(cell);
  }

  void known_node(const Cell& cell, const std::string& name, int line, bool inputs_too) {
    std::vector<std::string> known = cell.nodes;
    if (inputs_too) known.insert(known.begin(), cell.inputs.begin(), cell.inputs.end());
    if (std::ranges::find(known, name) != known.end()) return;
    reject(description_, line,
           fmt::format("cell '{}': there is no {} '{}'{}", cell.name,
                       inputs_too ? "input or node" : "node", name, suggestion(name, known)));
  }

  void check_edges(const Cell& cell) {
    std::set<std::pair<std::string, std::string>> edges;
    for (const CellEdge& edge : cell.edges) {
      known_node(cell, edge.from, edge.line, true);
      known_node(cell, edge.to, edge.line, false);
      if (!edges.emplace(edge.from, edge.to).second) {
        reject(description_, edge.line,
               fmt::format("cell '{}': there is another edge from '{}' to '{}'", cell.name,
                           edge.from, edge.to));
      }
    }
    if (cell.output.empty()) {
      reject(description_, cell.line,
             fmt::format("cell '{}': its output must be at least one of its nodes", cell.name));
    }
    std::set<std::string> outputs;
    for (const std::string& name : cell.output) {
      known_node(cell, name, cell.line, false);
      named_once(outputs, name, cell.line, "output");
    }
  }

  /// Kahn's algorithm; among nodes that are ready the first of the description comes first.
  void sort_nodes(Cell& cell) {
    std::vector<std::string> sorted, left = cell.nodes;
    const auto is_ready = [&](const std::string& node) {
      return std::ranges::none_of(cell.edges, [&](const CellEdge& edge) {
        return edge.to == node && std::ranges::find(left, edge.from) != left.end();
      });
    };
    while (!left.empty()) {
      const auto ready = std::ranges::find_if(left, is_ready);
      if (ready == left.end()) {
        reject(description_, line_in_cycle(cell, left),
               fmt::format("cell '{}': its edges make a cycle: {}; edges must lead from the inputs "
                           "onwards",
                           cell.name, fmt::join(cycle_among(cell, left), " -> ")));
      }
      sorted.push_back(*ready);
      left.erase(ready);
    }
    cell.nodes = std::move(sorted);
  }

  /// Walks backwards from one of the nodes, each of which is entered from another of them, until
  /// one comes again.
  static std::vector<std::string> cycle_among(const Cell& cell,
                                              const std::vector<std::string>& left) {
    std::vector<std::string> path = {left.front()};
    while (true) {
      const auto edge = std::ranges::find_if(cell.edges, [&](const CellEdge& each) {
        return each.to == path.back() && std::ranges::find(left, each.from) != left.end();
      });
      const bool comes_again = std::ranges::find(path, edge->from) != path.end();
      path.push_back(edge->from);
      if (!comes_again) continue;
      std::vector<std::string> cycle(std::ranges::find(path, edge->from), path.end());
      std::ranges::reverse(cycle);
      return cycle;
    }
  }

  static int line_in_cycle(const Cell& cell, const std::vector<std::string>& left) {
    const std::vector<std::string> cycle = cycle_among(cell, left);
    int line = 0;
    for (const CellEdge& edge : cell.edges) {
      for (std::size_t i = 0; i + 1 < cycle.size(); ++i) {
        if (edge.from == cycle[i] && edge.to == cycle[i + 1]) line = std::max(line, edge.line);
      }
    }
    return line;
  }

  /// Every node is entered, and everything leads to the output.
  void check_reached(const Cell& cell) {
    std::set<std::string> needed(cell.output.begin(), cell.output.end());
    for (std::size_t i = cell.nodes.size(); i-- > 0;) {
      const std::string& node = cell.nodes[i];
      bool is_entered = false;
      for (const CellEdge& edge : cell.edges) {
        if (edge.to != node) continue;
        is_entered = true;
        if (needed.contains(node)) needed.insert(edge.from);
      }
      if (!is_entered) {
        reject(description_, cell.line,
               fmt::format("cell '{}': no edge leads to node '{}'", cell.name, node));
      }
    }
    std::vector<std::string> all = cell.inputs;
    all.insert(all.end(), cell.nodes.begin(), cell.nodes.end());
    for (const std::string& name : all) {
      if (needed.contains(name)) continue;
      reject(description_, cell.line,
             fmt::format("cell '{}': nothing leads from '{}' to the output", cell.name, name));
    }
  }

  SpaceDescription& description_;
  std::set<std::string> stages_;
  std::set<std::string> cells_;
};

}  // namespace

void check_description(SpaceDescription& description) { Check(description).run(); }

void check_resolution(const SpaceDescription& description, const Shape& input) {
  std::int64_t side = std::min(input.height, input.width);
  const auto halve = [&](std::int64_t stride, int line, const std::string& what) {
    if (stride == 1) return;
    if (side < 2) {
      reject(description, line,
             fmt::format("{}: stride '{}' has nothing left to halve: images of {} come here with a "
                         "side of {} pixel; give larger images or fewer strides of 2",
                         what, stride, input.text(), side));
    }
    side = (side + 1) / 2;
  };
  halve(description.stem.stride, description.stem.line, "the stem");
  for (const Stage& stage : description.stages) {
    halve(std::ranges::max(stage.stride.values), line_of(stage.stride, stage),
          fmt::format("stage '{}'", stage.name));
  }
}

}  // namespace nas
