/// Architectures as JSON, with an exact round trip, and as DOT.
///
///     { "schema": "nas.architecture", "version": 1,
///       "nodes": [ { "name": "image", "op": "input", "attributes": {"channels": 1, ...}, "inputs":
///       [] },
///                  { "name": "stem", "op": "convolution", "attributes": {...}, "inputs": ["image"]
///                  } ],
///       "outputs": ["classifier"] }
///
/// A reader takes nodes in any order; attributes at their defaults may be left out. A node whose
/// parameters refer to other tensors than its own has them in "parameters"; see
/// parameter_reference_json.hpp.
#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "core/architecture/architecture.hpp"

namespace nas {

nlohmann::json to_json(const Architecture& architecture);
/// Throws Error(space): unknown op or attribute, unknown or duplicate name, a cycle, shapes that do
/// not fit, nodes that no output needs. The message names the node.
Architecture architecture_from_json(const nlohmann::json& json);
/// Throws Error(io) or Error(space), with the file's name and, for malformed JSON, line and column.
Architecture read_architecture(const std::filesystem::path& file);

/// For Graphviz: ops with their attributes, edges with their shapes.
std::string to_dot(const Architecture& architecture);

}  // namespace nas
