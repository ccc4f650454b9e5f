/// References of parameters, as a node's "parameters" member has them:
///
///     { "weight": { "name": "block.depthwise.weight", "shape": [32, 1, 7, 7],
///                   "views": [ {"centre": [5, 5]}, {"transform": "block.depthwise.7to5"},
///                              {"range": {"axis": 0, "begin": 0, "count": 16}} ] },
///       "bias": { "name": "shared.bias", "shape": [8, 4],
///                 "views": [ {"range": {"axis": 0, "begin": 3, "count": 1}}, {"reshape": [4]} ] }
///                 }
#pragma once

#include <functional>
#include <map>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "core/architecture/parameter_reference.hpp"

namespace nas {

using ParameterReferences = std::map<std::string, ParameterReference, std::less<>>;

nlohmann::json to_json(const ParameterReferences& references);
/// "views" and a range's "begin" may be left out. Throws Error(space) on anything that is
/// malformed.
ParameterReferences references_from_json(const nlohmann::json& json);

}  // namespace nas
