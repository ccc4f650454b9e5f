/// A search again, with the results that it recorded: whether the strategy proposes the same
/// trials, and whether everything of them but measurements is as it was.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "cli/experiment.hpp"
#include "core/search/estimator.hpp"

namespace nas::cli {

/// What a trial was measured with beside its own fidelity and seed.
struct TrialContext {
  std::optional<Fidelity> continued = {};  ///< of the trial that it continues
  std::vector<LearningCurve> told = {};
};

struct Replay {
  /// "trial 13: genotype: recorded [0,1], here [1,1]", the first in the order of ids.
  std::optional<std::string> difference;
  std::map<std::int64_t, TrialContext> contexts;  ///< of the trials asked for
  bool cancelled = false;
};

struct RecordedSearch {
  std::span<const Trial> trials;  ///< in the order of ids
  bool is_finished = false;       ///< else more trials may have been under way
};

/// Proposes, checks against limits, and tells what `recorded` has, as the search did. Trains
/// nothing. For experiments whose results are told in the order of ids, with a fresh strategy.
/// A strategy that throws or proposes nothing feasible here differs.
Replay replay_search(const Experiment& experiment, const RecordedSearch& recorded,
                     const std::set<std::int64_t>& wanted, const CancelToken& cancel);

}  // namespace nas::cli
