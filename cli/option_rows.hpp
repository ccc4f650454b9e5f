/// The options that plugins and spaces declare, as people and programs read them.
#pragma once

#include <span>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "cli/table.hpp"
#include "core/base/options.hpp"

namespace nas::cli {

/// One row per option: the name for --set, its default, what is allowed, what it does.
Table plugin_option_table(const std::string& owner, std::span<const OptionSpec> options);
nlohmann::json plugin_option_json(std::span<const OptionSpec> options);

}  // namespace nas::cli
