#include "cli/architecture_text.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/run_text.hpp"
#include "core/search/objective.hpp"

namespace nas::cli {
namespace {

/// Nodes that stand next to each other and belong together by their names.
struct Block {
  std::string name;
  Shape output;  ///< of its last node
  NodeCost cost;
};

bool is_numbered(std::string_view word) {
  return !word.empty() && std::isdigit(static_cast<unsigned char>(word.back())) != 0;
}

/// "stage1.layer2" of "stage1.layer2.project.norm", "stem" of "stem.norm".
std::string_view block_name(std::string_view node) {
  const std::size_t first = node.find('.');
  if (first == std::string_view::npos) return node;
  const std::size_t second = std::min(node.find('.', first + 1), node.size());
  const bool both =
      is_numbered(node.substr(0, first)) && is_numbered(node.substr(first + 1, second - first - 1));
  return node.substr(0, both ? second : first);
}

std::vector<Block> blocks_of(const Architecture& architecture) {
  const std::vector<NodeCost> costs = node_costs(architecture);
  std::vector<Block> blocks;
  for (NodeId node = 0; node < architecture.size(); ++node) {
    const std::string_view name = block_name(architecture.name(node));
    if (blocks.empty() || blocks.back().name != name) blocks.push_back({std::string(name), {}, {}});
    blocks.back().output = architecture.shape(node);
    blocks.back().cost.params += costs[node].params;
    blocks.back().cost.macs += costs[node].macs;
  }
  return blocks;
}

}  // namespace

Table block_table(const Architecture& architecture) {
  Table table{
      {{"block"}, {"output", Align::right}, {"params", Align::right}, {"macs", Align::right}}, {}};
  for (const Block& block : blocks_of(architecture)) {
    table.rows.push_back({block.name, block.output.text(), std::to_string(block.cost.params),
                          std::to_string(block.cost.macs)});
  }
  return table;
}

Table layer_table(const Architecture& architecture) {
  Table table{{{"layer"},
               {"op"},
               {"output", Align::right},
               {"params", Align::right},
               {"macs", Align::right}},
              {}};
  const std::vector<NodeCost> costs = node_costs(architecture);
  for (NodeId node = 0; node < architecture.size(); ++node) {
    table.rows.push_back({architecture.name(node), std::string(architecture.op(node).row().name),
                          architecture.shape(node).text(), std::to_string(costs[node].params),
                          std::to_string(costs[node].macs)});
  }
  return table;
}

nlohmann::json cost_json(const Architecture& architecture) {
  const std::vector<NodeCost> costs = node_costs(architecture);
  nlohmann::json layers = nlohmann::json::array();
  for (NodeId node = 0; node < architecture.size(); ++node) {
    const Shape& shape = architecture.shape(node);
    layers.push_back({{"name", architecture.name(node)},
                      {"op", architecture.op(node).row().name},
                      {"output", {shape.channels, shape.height, shape.width}},
                      {"params", costs[node].params},
                      {"macs", costs[node].macs}});
  }
  nlohmann::json object;
  for (const auto& [metric, value] : cost_metrics(cost(architecture))) {
    object[metric] = cost_number(metric, value);
  }
  object["blocks"] = nlohmann::json::array();
  for (const Block& block : blocks_of(architecture)) {
    object["blocks"].push_back(
        {{"name", block.name},
         {"output", {block.output.channels, block.output.height, block.output.width}},
         {"params", block.cost.params},
         {"macs", block.cost.macs}});
  }
  object["layers"] = std::move(layers);
  return object;
}

nlohmann::json cost_number(std::string_view metric, double value) {
  const bool is_share = metric == "fragmentation" || metric == "small_ops";
  return is_share ? nlohmann::json(value) : nlohmann::json(static_cast<std::int64_t>(value));
}

std::string cost_line(const Cost& cost) {
  const Metrics metrics = cost_metrics(cost);
  std::vector<std::string> parts;
  for (const std::string& metric : cost_metric_names()) {
    parts.push_back(fmt::format("{} {}", metric, metric_text(metric, metrics.at(metric))));
  }
  return fmt::format("{}", fmt::join(parts, " · "));
}

}  // namespace nas::cli
