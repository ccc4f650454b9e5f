/// Architectures and what they cost, as people and programs read them.
#pragma once

#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "cli/table.hpp"
#include "core/architecture/architecture.hpp"
#include "core/architecture/cost_model.hpp"

namespace nas::cli {

/// One row per block, the nodes whose names begin alike: name, output shape, parameters, MACs.
Table block_table(const Architecture& architecture);
/// One row per node: name, op, output shape, parameters, MACs.
Table layer_table(const Architecture& architecture);
/// All of cost_metrics, "blocks" and "layers" with a row per block and per node.
nlohmann::json cost_json(const Architecture& architecture);
/// A cost as JSON: whole, but for shares and means.
nlohmann::json cost_number(std::string_view metric, double value);
/// "params 81.2 k · macs 3.10 M · ram 96.0 KiB · ram_int8 24.0 KiB · …".
std::string cost_line(const Cost& cost);

}  // namespace nas::cli
