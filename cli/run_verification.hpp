/// Whether a run is what it says: `nas verify`. results/VERIFY.md says what is checked, and how.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/command.hpp"
#include "cli/environment.hpp"
#include "cli/settings.hpp"
#include "cli/stored_result_checks.hpp"
#include "cli/trial_difference.hpp"
#include "core/base/cancel_token.hpp"
#include "core/base/error.hpp"

namespace nas::cli {

struct VerificationSettings {
  std::optional<std::size_t> trials = 3;  ///< to train again; nothing: all that were measured
  bool final = false;                     ///< train the chosen network again, at length
  int jobs = 1;
  bool quiet = false;
};

struct RunVerification {
  std::filesystem::path run;
  std::string title;  ///< "48 trials, finished"
  std::vector<EnvironmentItem> environment;
  Agreement agreement = Agreement::exact;
  std::vector<std::pair<std::string, CheckOutcome>> checks;  ///< by name, in the order of checking
  std::size_t trained_again = 0;
  /// Why the run could not be put together here; the checks are those before it.
  std::optional<Error> obstacle;
  bool cancelled = false;

  /// "val_accuracy of trial 7: …"; nothing where all that was checked agrees.
  std::optional<std::string> first_difference() const;
};

/// Reads the run, and never writes to it. Throws Error where it cannot be read, is damaged or has
/// no finished trial.
RunVerification verify_run(const std::filesystem::path& path, const VerificationSettings& settings,
                           const Arguments& arguments, const Environment& environment,
                           const CancelToken& cancel);

}  // namespace nas::cli
