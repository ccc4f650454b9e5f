/// Trials of a run once more, from their beginning.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/search_replay.hpp"
#include "cli/trial_difference.hpp"
#include "results/run_directory.hpp"
#include "results/run_summary.hpp"

namespace nas::cli {

/// Which `count` trials (nothing: all) are trained again: the best, or the one that it is reused
/// from, then the first, the last, and others between them at even distances, by ids. Reused trials
/// were not measured and are none of them. In the order of ids; fewer where there are not so many.
std::vector<std::int64_t> trials_to_repeat(const RunSummary& summary,
                                           std::optional<std::size_t> count);

struct RepetitionServices {
  int jobs = 1;
  const CancelToken& cancel;
  /// How many are done, and the progress of those that run, as a share of all.
  std::function<void(std::size_t done, double share)> progress;
};

/// Measures them as the search did, each with what `contexts` has of it; one that continued another
/// is trained from its start. By id; some are missing where `cancel` was raised.
std::map<std::int64_t, Trial> repeat_trials(const Experiment& experiment,
                                            std::span<const Trial* const> trials,
                                            const std::map<std::int64_t, TrialContext>& contexts,
                                            const RepetitionServices& services);

/// The first of the differences, and whether the final training was interrupted.
struct FinalRepetition {
  std::optional<std::string> difference = {};
  bool cancelled = false;
};
/// Trains the network of `final` as the run did, and compares its metrics and, where they are to
/// agree exactly, its weights with those in the file.
FinalRepetition repeat_final(const Experiment& experiment, const FinalResult& final,
                             const Genotype& genotype, const std::filesystem::path& weights,
                             Agreement agreement, const EstimateServices& services);

}  // namespace nas::cli
