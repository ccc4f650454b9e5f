/// The checkpoints of a search: what trials leave so that later ones go on where they ended.
///
/// A trial that the strategy calls `continuable` gets a file to write. The file is there as long as
/// the strategy may continue the trial and a trial that continues it has not finished; so a search
/// that is killed at any moment finds what it needs when it goes on. A checkpoint that is missing
/// nevertheless costs time only: the estimator trains from the start, with the same result.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "core/search/estimator.hpp"
#include "core/search/strategy.hpp"

namespace nas {

/// Where checkpoints are kept. Used by one thread, the search loop's.
class CheckpointStore {
 public:
  virtual ~CheckpointStore() = default;
  /// The file for this trial's checkpoint, whether it is there or not, in a directory that is.
  virtual std::filesystem::path file(std::int64_t trial) = 0;
  /// Nothing happens where there is none. Throws Error(io).
  virtual void remove(std::int64_t trial) = 0;
  /// Removes all of them. Throws Error(io).
  virtual void clear() = 0;
};

/// Hands out files for checkpoints and removes those that nothing can go on from.
class CheckpointKeeper {
 public:
  /// Without a store nothing gets a file.
  CheckpointKeeper(CheckpointStore* store, const Strategy& strategy)
      : store_(store), strategy_(strategy) {}

  /// A trial is to run that continues `origin`, where there is one. The files are its own until it
  /// has `finished`.
  TrialCheckpoints begin(std::int64_t trial, std::optional<std::int64_t> origin, bool continuable);
  /// The trial is durable.
  void finished(std::int64_t trial) { origins_.erase(trial); }
  /// The strategy knows of this continuable trial: from now on it can say that it has done with it.
  void told(std::int64_t trial);
  void remove_old();
  /// The search is over: nothing will be continued.
  void remove_all();

 private:
  CheckpointStore* const store_;
  const Strategy& strategy_;
  std::set<std::int64_t> kept_;                   ///< told
  std::map<std::int64_t, std::int64_t> origins_;  ///< of trials under way
};

}  // namespace nas
