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
  for (NodeId node = 0; node < architecture.size(); ++node) {
    const NodeCost cost = node_cost(architecture, node);
    table.rows.push_back({architecture.name(node), std::string(architecture.op(node).row().name),
                          architecture.shape(node).text(), std::to_string(cost.params),
                          std::to_string(cost.macs)});
  }
  return table;
}

nlohmann::json cost_json(const Architecture& architecture) {
  const Cost total = cost(architecture);
  nlohmann::json layers = nlohmann::json::array();
  for (NodeId node = 0; node < architecture.size(); ++node) {
    const NodeCost one = node_cost(architecture, node);
    const Shape& shape = architecture.shape(node);
    layers.push_back({{"name", architecture.name(node)},
                      {"op", architecture.op(node).row().name},
                      {"output", {shape.channels, shape.height, shape.width}},
                      {"params", one.params},
                      {"macs", one.macs}});
  }
  return {{"params", total.params},     {"macs", total.macs},   {"ram", total.ram},
          {"ram_int8", total.ram_int8}, {"flash", total.flash}, {"flash_int8", total.flash_int8},
          {"layers", std::move(layers)}};
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
