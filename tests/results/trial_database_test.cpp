#include "results/trial_database.hpp"

#include <fstream>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/base/rejection.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/results/child_process.hpp"
#include "tests/results/sample_run.hpp"

namespace nas {
namespace {

using DatabaseAccess = TrialStore::Access;
using Journal = TrialDatabase::Journal;

std::string pragma(TrialDatabase& database, const std::string& name) {
  return database.connection().execAndGet("PRAGMA " + name).getString();
}

class DatabaseFixture {
 protected:
  TemporaryDirectory directory;
  std::filesystem::path file = directory.path() / "trials.sqlite";
};

TEST_CASE_METHOD(DatabaseFixture, "a database that is written has a log and waits for the disk") {
  TrialDatabase database(file, DatabaseAccess::write, Journal::write_ahead);
  CHECK(pragma(database, "journal_mode") == "wal");
  CHECK(pragma(database, "synchronous") == "2");
}

TEST_CASE_METHOD(DatabaseFixture, "of paced transactions the first waits for the disk") {
  TrialDatabase database(file, DatabaseAccess::write, Journal::write_ahead);
  const auto waits = [&] {
    const TrialDatabase::Pace pace(database);
    return pragma(database, "synchronous") == "2";
  };
  CHECK(waits());
  // At most one in an interval waits: many at once do not.
  const auto begin = std::chrono::steady_clock::now();
  int waited = 0;
  for (int i = 0; i < 1000; ++i) waited += waits() ? 1 : 0;
  const auto intervals =
      (std::chrono::steady_clock::now() - begin) / TrialDatabase::synchronisation_interval;
  CHECK(waited <= intervals + 1);
  CHECK(pragma(database, "synchronous") == "2");
}

TEST_CASE_METHOD(DatabaseFixture, "without a log every transaction waits for the disk") {
  TrialDatabase database(file, DatabaseAccess::write, Journal::rollback);
  for (int i = 0; i < 3; ++i) {
    const TrialDatabase::Pace pace(database);
    CHECK(pragma(database, "synchronous") == "2");
  }
}

TEST_CASE_METHOD(DatabaseFixture, "the rollback journal serves where there can be no log") {
  TrialDatabase database(file, DatabaseAccess::write, Journal::rollback);
  CHECK(pragma(database, "journal_mode") == "delete");
  CHECK(pragma(database, "synchronous") == "2");
  CHECK(TrialStore(file, DatabaseAccess::read).count() == 0);  // the file is not locked
}

TEST_CASE_METHOD(DatabaseFixture, "what is left of a database that was being made is in no way") {
  std::ofstream(directory.path() / "trials.sqlite.new") << "half a page";
  std::ofstream(directory.path() / "trials.sqlite.new-journal") << "of another";
  TrialStore(file, DatabaseAccess::write).append(sample_trials(0, 2));
  CHECK(TrialStore(file, DatabaseAccess::read).count() == 2);
  CHECK_FALSE(std::filesystem::exists(directory.path() / "trials.sqlite.new"));
  CHECK_FALSE(std::filesystem::exists(directory.path() / "trials.sqlite.new-journal"));
}

TEST_CASE_METHOD(DatabaseFixture, "a database that is finished is one file and needs no log") {
  TrialDatabase database(file, DatabaseAccess::write, Journal::write_ahead);
  database.finish();
  CHECK(pragma(database, "journal_mode") == "delete");
  CHECK_FALSE(std::filesystem::exists(directory.path() / "trials.sqlite-wal"));
  SQLite::Database raw(file.string(), SQLite::OPEN_READONLY);
  CHECK(raw.execAndGet("PRAGMA journal_mode").getString() == "delete");
}

TEST_CASE_METHOD(DatabaseFixture, "a log that was left is folded back where there can be none") {
  ChildProcess writer([&](const auto& reporter) {
    TrialStore store(file, DatabaseAccess::write);
    store.append(sample_trials(0, 8));
    reporter.line("stored");
    ::raise(SIGKILL);
  });
  REQUIRE(writer.line() == "stored");
  REQUIRE(writer.line().empty());
  TrialDatabase database(file, DatabaseAccess::write, Journal::rollback);
  CHECK(pragma(database, "journal_mode") == "delete");
  CHECK_FALSE(std::filesystem::exists(directory.path() / "trials.sqlite-wal"));
  CHECK(TrialStore(file, DatabaseAccess::read).count() == 8);
}

TEST_CASE_METHOD(DatabaseFixture,
                 "a database in the middle of a transaction is read as before it") {
  TrialStore(file, DatabaseAccess::write).append(sample_trials(0, 8));
  ChildProcess writer([&](const auto& reporter) {
    SQLite::Database raw(file.string(), SQLite::OPEN_READWRITE);
    raw.exec("PRAGMA cache_size = 1; BEGIN; UPDATE trials SET reason = hex(zeroblob(9000))");
    reporter.line("half way");
    ::raise(SIGKILL);
  });
  REQUIRE(writer.line() == "half way");
  REQUIRE(writer.line().empty());
  REQUIRE(std::filesystem::exists(directory.path() / "trials.sqlite-journal"));
  const std::vector<Trial> trials = TrialStore(file, DatabaseAccess::read).load();
  REQUIRE(trials.size() == 8);
  CHECK(same_result(trials[7], sample_trial(7)));
}

TEST_CASE_METHOD(DatabaseFixture, "an ordinary directory can have a log") {
  CHECK(TrialDatabase::journal_for(directory.path()) == Journal::write_ahead);
  CHECK(TrialDatabase::journal_for("") == Journal::write_ahead);
}

TEST_CASE_METHOD(DatabaseFixture,
                 "a process that holds the database is waited for, then reported") {
  TrialStore(file, DatabaseAccess::write).finish();
  TrialDatabase database(file, DatabaseAccess::write, Journal::write_ahead);
  database.connection().setBusyTimeout(1);
  SQLite::Database other(file.string(), SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  const std::string message = rejection(ErrorKind::run_directory, [&] {
    database.guarded("storing trials", [&] { database.connection().exec("DELETE FROM trials"); });
  });
  CHECK(message ==
        fmt::format("'{}', storing trials: another process has held it for 10 s", file.string()));
}

}  // namespace
}  // namespace nas
