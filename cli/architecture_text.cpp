#include "cli/architecture_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/text.hpp"

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
  const auto count = [](std::int64_t value) { return human_count(static_cast<double>(value)); };
  const auto bytes = [](std::int64_t value) { return human_bytes(static_cast<double>(value)); };
  return fmt::format("params {} · MACs {} · peak RAM {} (int8 {}) · flash {} (int8 {})",
                     count(cost.params), count(cost.macs), bytes(cost.ram), bytes(cost.ram_int8),
                     bytes(cost.flash), bytes(cost.flash_int8));
}

}  // namespace nas::cli
