// A run on a medium that the reader cannot write to, in every state that a run is left in.

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "core/base/error.hpp"
#include "results/run_directory.hpp"
#include "results/run_summary.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/results/child_process.hpp"
#include "tests/results/mounts.hpp"
#include "tests/results/sample_run.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t stored = 12;
constexpr unsigned nobody = 65534;

enum class Left {
  finished,     ///< one file
  killed,       ///< with the write-ahead log and its index
  copied,       ///< with the log only, as a copy by hand may be
  without_log,  ///< closed while it said that it has a log
};

void write_run(const fs::path& path, bool finish, const ChildProcess::Reporter& reporter) {
  RunDirectory run = RunDirectory::create(path, sample_config(), sample_environment());
  run.trials().append(sample_trials(0, stored));
  if (finish) {
    run.trials().set_status(RunStatus::finished);
    run.trials().finish();
  }
  reporter.line("stored");
}

void make_run(const fs::path& path, Left state) {
  ChildProcess writer([&](const auto& reporter) {
    write_run(path, state == Left::finished, reporter);
    ::raise(SIGKILL);
  });
  REQUIRE(writer.line() == "stored");
  REQUIRE(writer.line().empty());
  if (state == Left::copied) fs::remove(path / "trials.sqlite-shm");
  if (state == Left::without_log) {
    SQLite::Database database((path / "trials.sqlite").string(), SQLite::OPEN_READWRITE);
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }
}

std::string read_run(const fs::path& path) {
  const RunSummary summary = summarise(RunDirectory::open(path, RunDirectory::Access::read));
  return std::to_string(summary.trials.size()) + " " + to_string(summary.status);
}

std::string write_error(const fs::path& path) {
  try {
    RunDirectory::open(path, RunDirectory::Access::write);
  } catch (const Error& error) {
    return error.kind() == ErrorKind::io ? error.what() : "wrong kind";
  }
  return "no error";
}

std::string expected(Left state) {
  return state == Left::finished ? "12 finished" : "12 interrupted";
}

TEST_CASE("every run can be read on a read-only mount, and none be written") {
  const Left state = GENERATE(Left::finished, Left::killed, Left::copied, Left::without_log);
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "a run?";
  make_run(path, state);
  ChildProcess reader([&](const auto& reporter) {
    if (!own_mounts() || !make_read_only(path)) return reporter.line("cannot mount");
    reporter.line(read_run(path));
    reporter.line(write_error(path));
  });
  const std::string outcome = reader.line();
  if (outcome == "cannot mount") {
    WARN("skipped: this system lets the test mount no file system");
    return;
  }
  CHECK(outcome == expected(state));
  CHECK_THAT(reader.line(),
             Catch::StartsWith("cannot write to run directory '" + path.string() + "'"));
}

void allow_reading_only(const fs::path& path) {
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    fs::permissions(entry, entry.is_directory() ? fs::perms(0555) : fs::perms(0444));
  }
  fs::permissions(path, fs::perms(0555));
}

TEST_CASE("every run can be read by a user who may not write, and none be written") {
  const Left state = GENERATE(Left::finished, Left::killed, Left::copied, Left::without_log);
  const TemporaryDirectory directory;
  fs::permissions(directory.path(), fs::perms(0755));
  const fs::path path = directory.path() / "run";
  make_run(path, state);
  allow_reading_only(path);
  ChildProcess reader([&](const auto& reporter) {
    if (::geteuid() == 0 && ::setuid(nobody) != 0) return reporter.line("cannot change user");
    reporter.line(read_run(path));
    reporter.line(write_error(path));
  });
  CHECK(reader.line() == expected(state));
  CHECK_THAT(reader.line(),
             Catch::StartsWith("cannot write to run directory '" + path.string() + "'"));
  fs::permissions(path, fs::perms(0755));
  fs::permissions(path / "best", fs::perms(0755));
}

TEST_CASE("a run that nobody may read is an error, not a damaged run") {
  const TemporaryDirectory directory;
  fs::permissions(directory.path(), fs::perms(0755));
  const fs::path path = directory.path() / "run";
  make_run(path, Left::finished);
  const std::string closed = GENERATE("trials.sqlite", "run.json", ".");
  fs::permissions(path / closed, fs::perms(0));
  ChildProcess reader([&](const auto& reporter) {
    if (::geteuid() == 0 && ::setuid(nobody) != 0) return reporter.line("cannot change user");
    try {
      reporter.line(read_run(path));
    } catch (const Error& error) {
      reporter.line(error.kind() == ErrorKind::io ? "io" : error.what());
    }
  });
  CHECK(reader.line() == "io");
  fs::permissions(path / closed, fs::perms(0755));
}

TEST_CASE("a run cannot be made where one may not write") {
  const TemporaryDirectory directory;
  fs::permissions(directory.path(), fs::perms(0555));
  ChildProcess child([&](const auto& reporter) {
    if (::geteuid() == 0 && ::setuid(nobody) != 0) return reporter.line("cannot change user");
    try {
      RunDirectory::create(directory.path() / "run", sample_config(), sample_environment());
    } catch (const Error& error) {
      reporter.line(error.kind() == ErrorKind::io ? error.what() : "wrong kind");
    }
  });
  CHECK(child.line() ==
        "cannot make directory '" + (directory.path() / "run").string() + "': Permission denied");
  fs::permissions(directory.path(), fs::perms(0755));
}

}  // namespace
}  // namespace nas
