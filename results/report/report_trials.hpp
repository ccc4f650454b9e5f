/// The trials of a report, those among them that can be compared, and what is drawn of them.
#pragma once

#include <cstddef>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "results/report/report.hpp"

namespace nas {

/// What all charts are about: the objectives of the first run. None without runs.
const std::vector<Objective>& objectives_of(const Report& report);

/// A trial with its run and its group.
struct PlacedTrial {
  std::size_t run = 0;
  std::size_t group = 0;
  const Trial* trial = nullptr;
};

/// Those of all runs that belong to a group, group by group.
std::vector<PlacedTrial> placed_trials(const Report& report);

/// What can be compared with each other: measured with a finite number for the first objective,
/// each once, and with the most effort that any trial had (a race gives most of its trials less).
std::vector<PlacedTrial> comparable_trials(const Report& report,
                                           const std::vector<PlacedTrial>& trials);

/// By column; what few trials have by the trial's place.
nlohmann::json trials_json(const std::vector<PlacedTrial>& trials);
/// Effects of the decisions, and lines: of those of `comparable` in the space of the first run.
/// Null where that has no decisions.
nlohmann::json decisions_json(const Report& report, std::vector<PlacedTrial> comparable);
/// Of the errors of `comparable`, by group. Null where there are none.
nlohmann::json distribution_json(const Report& report, const std::vector<PlacedTrial>& comparable);

}  // namespace nas
