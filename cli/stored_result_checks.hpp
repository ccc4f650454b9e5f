/// Whether what a run keeps beside its trials agrees with them: its final trainings, and the files
/// in best/.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "core/search/search_space.hpp"
#include "results/run_directory.hpp"
#include "results/run_summary.hpp"

namespace nas::cli {

enum class CheckState { agrees, differs, unknown };

/// What a check of a run has found.
struct CheckOutcome {
  CheckState state = CheckState::agrees;
  std::string detail;  ///< what agrees, what is known of it, or the first difference
};

/// Seeds, trials and metrics of the final trainings.
CheckOutcome check_finals(const RunSummary& summary, std::span<const FinalResult> finals);
/// best/architecture.json and .dot. Unknown where there is none yet.
CheckOutcome check_best_architecture(const RunDirectory& run, const RunSummary& summary,
                                     const SearchSpace& space);
/// best/weights.safetensors. Unknown where there is none, or no hash of it.
CheckOutcome check_best_weights(const RunDirectory& run, const RunSummary& summary,
                                const SearchSpace& space);

}  // namespace nas::cli
