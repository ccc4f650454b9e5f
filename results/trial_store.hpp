/// Finished trials in SQLite.
///
/// One process writes, from one thread at a time; any number read, also while it does. `append` is
/// one transaction: when it returns, the trials survive the end of the process, and a power failure
/// too, except that of several calls within 50 ms only the first waits for the disk.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/search/trial.hpp"

namespace nas {

enum class RunStatus { running, interrupted, finished, failed };
std::string to_string(RunStatus status);

/// One final training of one finalist.
struct FinalResult {
  std::int64_t trial = 0;
  int repeat = 0;
  std::uint64_t seed = 0;
  bool chosen = false;
  Metrics metrics;  ///< train_loss, train_accuracy, val_accuracy, test_accuracy, test_loss
  double seconds = 0;
};

class TrialStore {
 public:
  /// `inspect` reads a database that nobody writes to, and leaves no trace: not even the index of
  /// the write-ahead log that SQLite makes for readers.
  enum class Access { read, inspect, write };
  /// Creates the database if `access` is write and there is none. Throws Error(run_directory) where
  /// it is damaged or of another version, Error(io) where it cannot be opened.
  TrialStore(const std::filesystem::path& file, Access access);
  ~TrialStore();
  TrialStore(const TrialStore&) = delete;
  TrialStore& operator=(const TrialStore&) = delete;

  /// Throws Error(io) on a full disk; nothing of `trials` is stored then.
  void append(std::span<const Trial> trials);
  /// In the order of ids.
  std::vector<Trial> load() const;
  /// Likewise what trials are ranked by, much faster: of each the id, genotype, status, metrics and
  /// seconds, the rest as in `Trial{}`.
  std::vector<Trial> load_outcomes() const;
  std::optional<Trial> find(std::int64_t id) const;
  std::int64_t count() const;
  /// Reads every page. Throws Error(run_directory) where something in the file does not fit.
  void check_pages() const;

  /// `note` says why a run failed or was interrupted. A stored `running` whose process is gone is
  /// reported as `interrupted` by RunSummary.
  void set_status(RunStatus status, const std::string& note = {});
  RunStatus status() const;
  std::string note() const;
  /// Seconds of wall time spent so far, over all sessions.
  void add_seconds(double seconds);
  double seconds() const;

  void append_final(const FinalResult& result);
  void choose_final(std::int64_t trial, int repeat);
  std::vector<FinalResult> finals() const;

  /// Folds the write-ahead log back and leaves a file that a read-only user can open.
  void finish();

 private:
  struct Database;
  std::unique_ptr<Database> database_;
};

}  // namespace nas
