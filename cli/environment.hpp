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

/// One thing that a run ran on or with, as it was recorded and as it is here.
struct EnvironmentItem {
  enum class Kind {
    numerics,  ///< instruction set and engine: they decide the last bits of results
    library,   ///< of the program and its plugins, by its hash
    input,     ///< what is measured on or looked up, by its hash
    machine,   ///< changes no result
  };
  std::string what;  ///< "instruction set"
  Kind kind = Kind::machine;
  std::string recorded;  ///< "unknown" where it was not recorded, "none" where the run has none
  std::string here;

  bool differs() const { return recorded != here; }
};
/// Of what `recorded` has and of what `current` has. Where the latter is of the machine alone (see
/// `machine_environment`), what else there is counts as unknown here.
std::vector<EnvironmentItem> environment_items(const nlohmann::json& recorded,
                                               const nlohmann::json& current);

/// Compares the environment that a run started in with that of now. Throws Error(run_directory)
/// where the data differ; returns a warning for each difference that may change results.
std::vector<std::string> environment_changes(const nlohmann::json& recorded,
                                             const nlohmann::json& current);

}  // namespace nas::cli
