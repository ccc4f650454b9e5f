/// Search spaces as commands name them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "cli/latency_model.hpp"
#include "cli/settings.hpp"
#include "cli/table.hpp"
#include "core/search/search_space.hpp"
#include "results/run_config.hpp"
#include "search_spaces/registry.hpp"

namespace nas::cli {

/// The space called `name`, or described in the file of that name, for the task of --input and
/// --classes, with the options of --set. Throws Error(config) on unknown names.
std::unique_ptr<SearchSpace> chosen_space(const std::string& name, const Arguments& arguments);
/// The values of all its options; of a space that a file describes, of none.
std::map<std::string, std::string> chosen_options(const std::string& name,
                                                  const Arguments& arguments);
/// What --latency-table names, for a space that was chosen so; nothing for "none".
std::optional<LatencyModel> chosen_latency(const std::string& name, const Arguments& arguments);
/// The space of a run, for the task that its environment records.
std::unique_ptr<SearchSpace> recorded_space(const RunConfig& config,
                                            const nlohmann::json& environment);

/// A whole number from 1 to `most` that is no setting, such as --count. Throws Error(usage).
std::int64_t whole_number(const Arguments& arguments, std::string_view name,
                          std::int64_t default_value, std::int64_t most);

/// Parses and checks. Throws Error(usage) where it is no genotype, Error(space) where it is none of
/// this space.
Genotype genotype_of(const SearchSpace& space, const std::string& text);

/// One row per decision with its options.
Table decision_table(const SearchSpace& space);
nlohmann::json decision_json(const SearchSpace& space);
/// One row per published architecture.
Table named_table(const SpaceEntry& space);
nlohmann::json named_json(const SpaceEntry& space);
/// One row per decision that has a choice after the answers before it, with its answer. The others
/// are about what this architecture does not have.
Table answer_table(const SearchSpace& space, const Genotype& genotype);
/// Every decision; "answer" is null where there is no choice.
nlohmann::json answer_json(const SearchSpace& space, const Genotype& genotype);

}  // namespace nas::cli
