// Whatever has happened to the file: an Error that names it, never a crash and never half a run.

#include <functional>
#include <random>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "core/base/random.hpp"
#include "results/trial_store.hpp"
#include "tests/base/file_content.hpp"
#include "tests/base/rejection.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/results/sample_run.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;
using StoreAccess = TrialStore::Access;

void read_everything(const fs::path& file, StoreAccess access) {
  const TrialStore store(file, access);
  store.status();
  store.note();
  store.seconds();
  store.load();
  store.finals();
}

class DamageFixture {
 protected:
  DamageFixture() {
    TrialStore store(file, StoreAccess::write);
    store.append(sample_trials(0, 200));
    store.append_final({.trial = 1, .metrics = {{"test_loss", 1}}});
    store.finish();
  }

  void overwrite(const std::string& bytes) const { directory.write("trials.sqlite", bytes); }
  void change(const std::string& sql) const {
    SQLite::Database database(file.string(), SQLite::OPEN_READWRITE);
    database.exec("PRAGMA ignore_check_constraints = ON");
    database.exec(sql);
  }
  /// The message, which is the same for reading and for writing.
  std::string refused() const {
    const auto message = [&](StoreAccess access) {
      return rejection(ErrorKind::run_directory, [&] { read_everything(file, access); });
    };
    const std::string reading = message(StoreAccess::read);
    CHECK_THAT(reading, Catch::StartsWith("'" + file.string() + "'"));
    CHECK_THAT(message(StoreAccess::write), Catch::StartsWith("'" + file.string() + "'"));
    return reading;
  }

  TemporaryDirectory directory;
  fs::path file = directory.path() / "trials.sqlite";
};

TEST_CASE_METHOD(DamageFixture, "the undamaged database is read") {
  CHECK_NOTHROW(read_everything(file, StoreAccess::read));
  CHECK_NOTHROW(read_everything(file, StoreAccess::write));
}

TEST_CASE_METHOD(DamageFixture, "a truncated database is refused") {
  const std::size_t size = GENERATE(1, 50, 100, 4096, 8192, 20000);
  overwrite(file_content(file).substr(0, size));
  CHECK_THAT(refused(), Catch::Contains("is damaged"));
}

TEST_CASE_METHOD(DamageFixture, "an empty file is refused by a reader") {
  overwrite("");
  const std::string message =
      rejection(ErrorKind::run_directory, [&] { read_everything(file, StoreAccess::read); });
  CHECK_THAT(message, Catch::Contains("is damaged: it is empty"));
}

TEST_CASE_METHOD(DamageFixture, "random bytes are refused") {
  Random random(3);
  std::string bytes(file_content(file).size(), '\0');
  for (char& byte : bytes) byte = static_cast<char>(random.below(256));
  overwrite(bytes);
  CHECK_THAT(refused(), Catch::Contains("is damaged"));
}

TEST_CASE_METHOD(DamageFixture, "a text is refused") {
  overwrite(std::string(10'000, 'x'));
  CHECK_THAT(refused(), Catch::Contains("is damaged"));
}

TEST_CASE_METHOD(DamageFixture, "pages that were overwritten are refused") {
  std::string bytes = file_content(file);
  std::fill(bytes.begin() + 4096, bytes.end(), GENERATE('\0', '\x5a', '\xff'));
  overwrite(bytes);
  CHECK_THAT(refused(), Catch::Contains("is damaged"));
}

TEST_CASE_METHOD(DamageFixture, "a directory in place of the file is an error") {
  fs::remove(file);
  fs::create_directory(file);
  const StoreAccess access = GENERATE(StoreAccess::read, StoreAccess::write);
  const std::string message = rejection(ErrorKind::io, [&] { read_everything(file, access); });
  CHECK_THAT(message, Catch::Contains("'" + file.string() + "'"));
}

TEST_CASE_METHOD(DamageFixture, "a database of another program is refused") {
  change("PRAGMA application_id = 0");
  CHECK_THAT(refused(), Catch::Contains("it is no database of trials"));
}

TEST_CASE_METHOD(DamageFixture, "another format version is refused") {
  const int version = GENERATE(0, 1, 1000);
  change("PRAGMA user_version = " + std::to_string(version));
  CHECK_THAT(refused(), Catch::Contains("has format version '" + std::to_string(version) + "'") &&
                            Catch::Contains("reads version 2"));
}

TEST_CASE_METHOD(DamageFixture, "a table or a column that is missing is named") {
  const auto [sql, name] = GENERATE(
      table<std::string, std::string>({{"DROP TABLE trials", "trials"},
                                       {"DROP TABLE run", "run"},
                                       {"DROP TABLE finals", "finals"},
                                       {"ALTER TABLE trials DROP COLUMN metrics", "metrics"},
                                       {"ALTER TABLE trials RENAME COLUMN seed TO sed", "seed"}}));
  change(sql);
  CHECK_THAT(refused(), Catch::Contains("is damaged: no such") && Catch::Contains(name));
}

TEST_CASE_METHOD(DamageFixture, "a run without a status is refused") {
  change("DELETE FROM run");
  CHECK_THAT(refused(), Catch::Contains("table 'run' has no row"));
}

TEST_CASE_METHOD(DamageFixture, "a cell that makes no sense is named with its row and its column") {
  const auto [table, column] =
      GENERATE(Catch::Generators::table<std::string, std::string>({{"trials", "genotype"},
                                                                   {"trials", "seed"},
                                                                   {"trials", "status"},
                                                                   {"trials", "metrics"},
                                                                   {"finals", "seed"},
                                                                   {"finals", "metrics"},
                                                                   {"run", "status"}}));
  change("UPDATE " + table + " SET " + column + " = 'odd' WHERE rowid = 1");
  const std::string message =
      rejection(ErrorKind::run_directory, [&] { read_everything(file, StoreAccess::read); });
  CHECK_THAT(message, Catch::Contains("'" + file.string() + "' is damaged: column '" + column +
                                      "' of row '1' holds 'odd'"));
}

TEST_CASE_METHOD(DamageFixture, "no flipped bits lead to anything but an Error") {
  const std::string intact = file_content(file);
  Random random(5);
  int refusals = 0;
  for (int i = 0; i < 60; ++i) {
    std::string bytes = intact;
    const std::size_t first = i % 3 == 0 ? 100 : bytes.size();  // often in the header
    for (int flips = 0; flips < 4; ++flips) {
      char& byte = bytes[random.below(first)];
      byte = static_cast<char>(byte ^ (1 << random.below(8)));
    }
    overwrite(bytes);
    for (const StoreAccess access : {StoreAccess::read, StoreAccess::write}) {
      try {
        read_everything(file, access);
      } catch (const Error& error) {
        CHECK_THAT(error.what(), Catch::Contains(file.string()));
        CHECK(error.kind() != ErrorKind::internal);
        ++refusals;
      }
    }
    fs::remove(directory.path() / "trials.sqlite-wal");
    fs::remove(directory.path() / "trials.sqlite-shm");
    fs::remove(directory.path() / "trials.sqlite-journal");
  }
  CHECK(refusals > 20);
}

}  // namespace
}  // namespace nas
