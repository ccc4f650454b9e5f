/// The SQLite file below a TrialStore: made, opened in whatever state it was left, and closed so
/// that it can be read anywhere. FORMAT.md describes what is in it.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string_view>

#include <SQLiteCpp/SQLiteCpp.h>

#include "results/trial_store.hpp"

namespace nas {

class TrialDatabase {
 public:
  enum class Journal {
    write_ahead,  ///< one synchronisation per transaction; needs memory shared by all who open it
    rollback,     ///< works everywhere
  };
  /// Waiting for a disk takes from 0.2 ms to tens of ms: this often, it costs little.
  static constexpr std::chrono::milliseconds synchronisation_interval{50};

  /// What the file system of `directory` allows: a network file system shares no memory.
  static Journal journal_for(const std::filesystem::path& directory);

  /// Throws as TrialStore does. `journal` is for writing; where the write-ahead log cannot be had,
  /// the rollback journal is used.
  TrialDatabase(const std::filesystem::path& file, TrialStore::Access access, Journal journal);
  /// Does what `finish` does, as far as it goes.
  ~TrialDatabase();
  TrialDatabase(const TrialDatabase&) = delete;
  TrialDatabase& operator=(const TrialDatabase&) = delete;

  SQLite::Database& connection() { return *connection_; }
  /// Folds the write-ahead log back and goes over to the rollback journal, with which the file
  /// alone is the whole database. While another process reads, the log is folded back only.
  void finish();

  /// Around a transaction that may come often: it waits for the disk only where none that was paced
  /// has done so for `synchronisation_interval`. Other transactions always wait.
  class Pace {
   public:
    explicit Pace(TrialDatabase& database);
    ~Pace();
    Pace(const Pace&) = delete;
    Pace& operator=(const Pace&) = delete;

   private:
    TrialDatabase& database_;
    bool waits_;
  };

  /// Calls `action` and turns what SQLite throws into Error. `doing` is for the message: "storing
  /// trials".
  template <typename Action>
  auto guarded(std::string_view doing, const Action& action) const {
    try {
      return action();
    } catch (const SQLite::Exception& error) {
      fail(doing, error);
    }
  }
  /// By one of SQLite's checks: "PRAGMA quick_check(1)". Throws Error(run_directory).
  void check_pages(const char* check);
  /// Throws Error(run_directory): the content makes no sense.
  [[noreturn]] void damaged(std::string_view what) const;

 private:
  class PrivateCopy;

  void open_for_writing(Journal journal);
  void open_for_reading();
  void open_unwritable();
  void connect(const std::string& name, int flags);
  void make_file(Journal journal) const;
  void check_identity();
  void choose_journal(Journal journal);
  void wait_for_disk(bool wait) noexcept;
  void fold_back();
  [[noreturn]] void fail(std::string_view doing, const SQLite::Exception& error) const;

  std::filesystem::path file_;
  TrialStore::Access access_;
  std::unique_ptr<PrivateCopy> copy_;
  std::unique_ptr<SQLite::Database> connection_;
  bool has_log_ = false;
  std::chrono::steady_clock::time_point synchronised_;
};

}  // namespace nas
