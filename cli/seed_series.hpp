/// One configuration over many seeds in one process: `nas run --seeds A-B`.
///
/// Every run is done by one worker from its beginning to its end, several side by side, so that its
/// results are those of the run by itself. What does not depend on the seed, such as the table that
/// an estimator looks up, is read once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "cli/experiment.hpp"
#include "cli/table.hpp"

namespace nas::cli {

struct Seeds {
  std::uint64_t first = 0;
  std::uint64_t last = 0;  ///< included

  std::size_t count() const { return static_cast<std::size_t>(last - first) + 1; }
};
/// "0-499"; at most 1,000,000 of them. Throws Error(usage).
Seeds parse_seeds(const std::string& text);

struct SeriesSettings {
  Seeds seeds;
  bool summary_only = false;  ///< no run directories: an interrupted series cannot be resumed
  int jobs = 1;               ///< runs side by side
  bool quiet = false;
  Format format = Format::text;
  std::filesystem::path out = {};  ///< empty: an unused name under 'runs'
};

/// Does or goes on with the series and prints its summary. `experiment` is that of the first seed.
/// Gives the exit code. Throws Error(run_directory) where `out` holds something else; where a run
/// fails, what that throws, after the runs that had begun have ended.
int run_series(const Experiment& experiment, const SeriesSettings& settings);

}  // namespace nas::cli
