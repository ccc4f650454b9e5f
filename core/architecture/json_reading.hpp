/// What the readers of an architecture's JSON have in common.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace nas {

/// A value for a message: its text, or what it is where that might be long; "missing" where null.
std::string shown(const nlohmann::json* value);

/// The member of an object; null where it is absent.
const nlohmann::json* member(const nlohmann::json& object, const char* key);

/// Throws Error(space) on a key that is not among `known`. `where` begins the message.
void check_keys(const nlohmann::json& object, const std::string& where,
                const std::vector<std::string>& known);

}  // namespace nas
