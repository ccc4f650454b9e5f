#include "cli/architecture_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/run_text.hpp"
#include "core/search/objective.hpp"

namespace nas::cli {

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
