/// What a run has found so far: the one source of `nas show`, its JSON, `nas ls` and the summary at
/// the end of `nas run`.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "results/run_directory.hpp"

namespace nas {

struct FinalSummary {
  std::int64_t trial = 0;
  int repeats = 0;
  Metrics mean;
  Metrics deviation;  ///< sample standard deviation; empty with one repeat
};

struct RunSummary {
  std::filesystem::path path;
  RunConfig config;
  nlohmann::json environment;
  RunStatus status = RunStatus::running;
  std::string note;
  double seconds = 0;
  std::vector<Trial> trials;
  std::optional<std::int64_t>
      best;  ///< the finalist chosen, once there is one; else the best trial
  /// The trials that no other dominates in `pareto_objectives`: the run's or, where it has one
  /// only, that and "macs", as small as possible.
  std::vector<std::int64_t> pareto;
  std::vector<Objective> pareto_objectives;
  std::optional<FinalSummary> final;
  std::int64_t ok = 0, failed = 0, reused = 0;
  std::vector<double> spent;  ///< by all trials, of each of the run's budgets

  const Trial& trial(std::int64_t id) const;  ///< Throws Error(usage) where there is none
};

/// Of the chosen finalist; nothing where none is.
std::optional<FinalSummary> summarise_finals(std::span<const FinalResult> finals);
RunSummary summarise(const RunDirectory& run);
/// The object of `nas show --json`: schema "nas.run", version 1.
nlohmann::json to_json(const RunSummary& summary);
nlohmann::json to_json(const Trial& trial);

}  // namespace nas
