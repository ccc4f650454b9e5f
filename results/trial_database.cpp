#include "results/trial_database.hpp"

#include <array>
#include <cstdint>
#include <linux/magic.h>
#include <sqlite3.h>
#include <string>
#include <sys/statfs.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "core/base/durable_file.hpp"
#include "core/base/error.hpp"
#include "core/base/scratch_directory.hpp"

namespace nas {
namespace fs = std::filesystem;
namespace {

constexpr int application_id = 0x6e617354;  // "nasT"
constexpr int database_version = 2;
/// Milliseconds to wait for another process; readers and writers hold their locks for a few.
constexpr int patience = 10'000;
/// Likewise when closing, where there is another way.
constexpr int patience_at_end = 500;

constexpr const char* tables_sql = R"(
CREATE TABLE trials (
  id           INTEGER PRIMARY KEY,
  genotype     TEXT NOT NULL,
  architecture TEXT NOT NULL,
  epochs       REAL NOT NULL,
  data_share   REAL NOT NULL,
  resolution   REAL NOT NULL,
  seed         TEXT NOT NULL,
  status       TEXT NOT NULL CHECK (status IN ('ok', 'failed', 'reused')),
  reason       TEXT NOT NULL,
  reused_from  INTEGER,
  parent       INTEGER,
  metrics      TEXT NOT NULL,
  curve        TEXT NOT NULL,
  seconds      REAL NOT NULL
) STRICT;
CREATE TABLE run (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  status  TEXT NOT NULL CHECK (status IN ('running', 'interrupted', 'finished', 'failed')),
  note    TEXT NOT NULL,
  seconds REAL NOT NULL
) STRICT;
CREATE TABLE finals (
  trial   INTEGER NOT NULL,
  repeat  INTEGER NOT NULL,
  seed    TEXT NOT NULL,
  chosen  INTEGER NOT NULL CHECK (chosen IN (0, 1)),
  metrics TEXT NOT NULL,
  seconds REAL NOT NULL,
  PRIMARY KEY (trial, repeat)
) STRICT;
INSERT INTO run VALUES (1, 'running', '', 0.0);
)";

/// "trials.sqlite-wal", which SQLite keeps beside the file.
fs::path beside(const fs::path& file, const char* suffix) {
  fs::path path = file;
  path += suffix;
  return path;
}

bool has_content(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  return !error && size > 0;
}

/// As a URI, in which every byte but letters, digits and a few marks is written "%41".
std::string immutable_uri(const fs::path& file) {
  std::string uri = "file:";
  for (const char c : fs::absolute(file).string()) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '/' || c == '-' || c == '_' || c == '.';
    uri += plain ? std::string(1, c) : fmt::format("%{:02x}", static_cast<unsigned char>(c));
  }
  return uri + "?immutable=1";
}

bool lacks_write_access(const SQLite::Exception& error) {
  return error.getErrorCode() == SQLITE_CANTOPEN || error.getErrorCode() == SQLITE_READONLY;
}

}  // namespace

/// A copy of the database and its journals in a temporary directory of its own.
class TrialDatabase::PrivateCopy {
 public:
  explicit PrivateCopy(const fs::path& file) {
    for (const char* suffix : {"", "-wal", "-journal"}) {
      const fs::path source = beside(file, suffix);
      if (has_content(source)) fs::copy_file(source, beside(this->file(), suffix));
    }
  }
  fs::path file() const { return directory_.path() / "trials.sqlite"; }

 private:
  ScratchDirectory directory_;
};

TrialDatabase::Journal TrialDatabase::journal_for(const fs::path& directory) {
  constexpr std::array<std::uint32_t, 8> network{
      NFS_SUPER_MAGIC, SMB_SUPER_MAGIC,  CIFS_SUPER_MAGIC, SMB2_SUPER_MAGIC,
      AFS_SUPER_MAGIC, CEPH_SUPER_MAGIC, CODA_SUPER_MAGIC, V9FS_MAGIC};
  struct statfs status {};
  if (::statfs(directory.empty() ? "." : directory.c_str(), &status) != 0) {
    return Journal::write_ahead;
  }
  for (const std::uint32_t type : network) {
    if (static_cast<std::uint32_t>(status.f_type) == type) return Journal::rollback;
  }
  return Journal::write_ahead;
}

TrialDatabase::TrialDatabase(const fs::path& file, TrialStore::Access access, Journal journal)
    : file_(file), access_(access) {
  guarded("opening it", [&] {
    if (access == TrialStore::Access::write) {
      open_for_writing(journal);
    } else {
      open_for_reading();
    }
  });
}

TrialDatabase::~TrialDatabase() {
  if (access_ != TrialStore::Access::write) return;
  try {
    fold_back();
  } catch (const SQLite::Exception&) {
    // A full disk, say. Everything is in the log, where the next who opens the file finds it.
  }
}

void TrialDatabase::connect(const std::string& name, int flags) {
  connection_.reset();
  connection_ = std::make_unique<SQLite::Database>(name, flags, patience);
}

void TrialDatabase::open_for_writing(Journal journal) {
  if (!has_content(file_)) make_file(journal);
  connect(file_.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  // A log that was left on a file system without shared memory is readable in this mode alone.
  if (journal == Journal::rollback) connection_->exec("PRAGMA locking_mode = EXCLUSIVE");
  if (connection_->execAndGet("PRAGMA page_count").getInt() == 0) damaged("it is cut off");
  check_identity();
  check_pages("PRAGMA quick_check(1)");
  if (sqlite3_db_readonly(connection_->getHandle(), "main") == 1) {
    throw Error(ErrorKind::io, fmt::format("cannot write to '{}': no permission", file_.string()));
  }
  choose_journal(journal);
}

/// Under another name, so that it can wait for the disk once, when it is whole: every wait takes
/// milliseconds, and SQLite's own transactions would be a dozen.
void TrialDatabase::make_file(Journal journal) const {
  const fs::path fresh = beside(file_, ".new");
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    fs::remove(beside(fresh, suffix), ignored);
  }
  {
    SQLite::Database database(fresh.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec("PRAGMA synchronous = OFF");
    SQLite::Transaction transaction(database);
    database.exec(fmt::format("PRAGMA application_id = {}", application_id));
    database.exec(fmt::format("PRAGMA user_version = {}", database_version));
    database.exec(tables_sql);
    transaction.commit();
    if (journal == Journal::write_ahead) database.tryExec("PRAGMA journal_mode = WAL");
  }
  move_durably(fresh, file_);
}

void TrialDatabase::choose_journal(Journal journal) {
  if (journal == Journal::write_ahead) {
    connection_->tryExec("PRAGMA journal_mode = WAL");
    has_log_ = connection_->execAndGet("PRAGMA journal_mode").getString() == "wal";
  } else {
    connection_->exec("PRAGMA journal_mode = DELETE");
    connection_->exec("PRAGMA locking_mode = NORMAL");
    connection_->execAndGet("SELECT status FROM run");  // the mode is left with the next access
  }
  wait_for_disk(true);
}

/// A transaction that has waited for the disk survives a power failure, and so do all before it.
/// One that has not survives the end of the process; in write-ahead mode it can be lost then, but
/// leaves the database whole.
void TrialDatabase::wait_for_disk(bool wait) noexcept {
  connection_->tryExec(wait ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
}

TrialDatabase::Pace::Pace(TrialDatabase& database)
    : database_(database),
      waits_(!database.has_log_ || std::chrono::steady_clock::now() - database.synchronised_ >=
                                       synchronisation_interval) {
  database_.wait_for_disk(waits_);
}

TrialDatabase::Pace::~Pace() {
  if (waits_) database_.synchronised_ = std::chrono::steady_clock::now();
  database_.wait_for_disk(true);
}

void TrialDatabase::open_for_reading() {
  if (!fs::exists(file_)) {
    throw Error(ErrorKind::run_directory, fmt::format("'{}' is missing", file_.string()));
  }
  if (access_ == TrialStore::Access::inspect) {
    open_unwritable();
    return;
  }
  try {
    connect(file_.string(), SQLite::OPEN_READONLY);
    check_identity();
  } catch (const SQLite::Exception& error) {
    if (!lacks_write_access(error)) throw;
    open_unwritable();
  }
}

/// On a read-only mount, or without permission to write, SQLite reads no database that has a
/// journal, or whose write-ahead log would need an index. This way nothing is written beside it.
void TrialDatabase::open_unwritable() {
  if (::access(file_.c_str(), R_OK) != 0) {
    throw Error(ErrorKind::io, fmt::format("cannot read '{}': no permission", file_.string()));
  }
  if (has_content(beside(file_, "-wal")) || has_content(beside(file_, "-journal"))) {
    try {
      copy_ = std::make_unique<PrivateCopy>(file_);
    } catch (const fs::filesystem_error& error) {
      throw Error(ErrorKind::io, fmt::format("cannot copy '{}' to a directory where it can be "
                                             "recovered: {}",
                                             file_.string(), error.what()));
    }
    connect(copy_->file().string(), SQLite::OPEN_READWRITE);
  } else {
    connect(immutable_uri(file_), SQLite::OPEN_READONLY | SQLite::OPEN_URI);
  }
  check_identity();
}

void TrialDatabase::check_identity() {
  if (connection_->execAndGet("PRAGMA page_count").getInt() == 0) damaged("it is empty");
  if (connection_->execAndGet("PRAGMA application_id").getInt() != application_id) {
    damaged("it is no database of trials");
  }
  const int version = connection_->execAndGet("PRAGMA user_version").getInt();
  if (version != database_version) {
    throw Error(ErrorKind::run_directory,
                fmt::format("'{}' has format version '{}', and nas {} reads version {}; use the "
                            "version of nas that wrote it",
                            file_.string(), version, NAS_VERSION, database_version));
  }
}

void TrialDatabase::check_pages(const char* check) {
  const std::string verdict = connection_->execAndGet(check).getString();
  if (verdict != "ok") damaged(verdict);
}

void TrialDatabase::finish() {
  guarded("closing it", [&] { fold_back(); });
}

void TrialDatabase::fold_back() {
  connection_->setBusyTimeout(patience_at_end);
  // To leave the write-ahead mode, some bytes of the first page change: without a journal on disk,
  // which one page needs not, that waits for the disk once instead of four times.
  const int result = connection_->tryExec("PRAGMA journal_mode = MEMORY");
  if (result == SQLITE_BUSY || result == SQLITE_LOCKED) {
    connection_->exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } else if (result != SQLITE_OK) {
    throw SQLite::Exception(connection_->getHandle(), result);
  } else {
    connection_->exec("PRAGMA journal_mode = DELETE");
  }
  connection_->setBusyTimeout(patience);
}

void TrialDatabase::damaged(std::string_view what) const {
  throw Error(ErrorKind::run_directory,
              fmt::format("'{}' is damaged: {}; restore it from a copy, or start the run again",
                          file_.string(), what));
}

void TrialDatabase::fail(std::string_view doing, const SQLite::Exception& error) const {
  switch (error.getErrorCode()) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:  // a table or column that is not there
      damaged(error.what());
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw Error(ErrorKind::run_directory,
                  fmt::format("'{}', {}: another process has held it for {} s", file_.string(),
                              doing, patience / 1000));
    case SQLITE_CONSTRAINT:
    case SQLITE_MISUSE:
      throw Error(ErrorKind::internal,
                  fmt::format("'{}', {}: {}", file_.string(), doing, error.what()));
    default:
      throw Error(ErrorKind::io, fmt::format("'{}', {}: {}", file_.string(), doing, error.what()));
  }
}

}  // namespace nas
