/// What a run ran on and with: recorded in run.json, shown by `doctor` and `version`.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace nas::cli {

struct Experiment;

/// "0.1.0".
std::string program_version();
/// "gcc 12.2.0".
std::string compiler_version();
/// "Linux 6.1.0 x86_64".
std::string operating_system();

/// The machine and the versions: what needs no run.
nlohmann::json machine_environment();
/// Together with the hashes of the libraries and of the data that an experiment uses.
nlohmann::json run_environment(const Experiment& experiment);

/// Compares the environment that a run started in with that of now. Throws Error(run_directory)
/// where the data differ; returns a warning for each difference that may change results.
std::vector<std::string> environment_changes(const nlohmann::json& recorded,
                                             const nlohmann::json& current);

}  // namespace nas::cli
