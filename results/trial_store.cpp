#include "results/trial_store.hpp"

#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "results/stored_values.hpp"
#include "results/trial_database.hpp"

namespace nas {
namespace {

constexpr std::string_view trial_columns =
    "id, genotype, architecture, epochs, data_share, resolution, seed, status, reason, "
    "reused_from, "
    "parent, metrics, curve, seconds";
constexpr std::string_view outcome_columns = "id, genotype, status, metrics, seconds";
constexpr std::string_view final_columns = "trial, repeat, seed, chosen, metrics, seconds";

constexpr std::array trial_statuses{TrialStatus::ok, TrialStatus::failed, TrialStatus::reused};
constexpr std::array run_statuses{RunStatus::running, RunStatus::interrupted, RunStatus::finished,
                                  RunStatus::failed};

/// The status of this name; nothing where there is none.
template <typename Statuses>
auto status_named(const std::string& name, const Statuses& statuses)
    -> std::optional<typename Statuses::value_type> {
  for (const auto status : statuses) {
    if (to_string(status) == name) return status;
  }
  return std::nullopt;
}

void bind_optional(SQLite::Statement& statement, int index, std::optional<std::int64_t> value) {
  if (value) {
    statement.bind(index, *value);
  } else {
    statement.bind(index);
  }
}

void bind(SQLite::Statement& statement, const Trial& trial) {
  statement.bind(1, trial.id);
  statement.bind(2, trial.genotype.text());
  statement.bind(3, trial.architecture_hash);
  statement.bind(4, trial.fidelity.epochs);
  statement.bind(5, trial.fidelity.data_share);
  statement.bind(6, trial.fidelity.resolution);
  statement.bind(7, stored_seed(trial.seed));
  statement.bind(8, to_string(trial.status));
  statement.bind(9, trial.reason);
  bind_optional(statement, 10, trial.reused_from);
  bind_optional(statement, 11, trial.parent);
  statement.bind(12, stored_metrics(trial.metrics));
  statement.bind(13, stored_curve(trial.curve));
  statement.bind(14, trial.seconds);
}

/// One row of a query; a cell that makes no sense is reported with its place.
class Row {
 public:
  Row(const TrialDatabase& database, SQLite::Statement& statement)
      : database_(database), statement_(statement) {}

  std::int64_t integer(int column) const { return statement_.getColumn(column).getInt64(); }
  double real(int column) const { return statement_.getColumn(column).getDouble(); }
  std::string text(int column) const { return statement_.getColumn(column).getString(); }
  std::optional<std::int64_t> optional_integer(int column) const {
    if (statement_.isColumnNull(column)) return std::nullopt;
    return integer(column);
  }
  /// `read` gives nothing where the text is malformed.
  template <typename Read>
  auto parsed(int column, const Read& read) const {
    auto value = read(text(column));
    if (!value) {
      database_.damaged(fmt::format("column '{}' of row '{}' holds '{}'",
                                    statement_.getColumnName(column), integer(0), text(column)));
    }
    return *std::move(value);
  }

 private:
  const TrialDatabase& database_;
  SQLite::Statement& statement_;
};

TrialStatus read_status(const Row& row, int column) {
  return row.parsed(column,
                    [](const std::string& name) { return status_named(name, trial_statuses); });
}

Trial read_outcome(const Row& row) {
  Trial trial;
  trial.id = row.integer(0);
  trial.genotype = row.parsed(1, genotype_from_stored);
  trial.status = read_status(row, 2);
  trial.metrics = row.parsed(3, metrics_from_stored);
  trial.seconds = row.real(4);
  return trial;
}

Trial read_trial(const Row& row) {
  Trial trial;
  trial.id = row.integer(0);
  trial.genotype = row.parsed(1, genotype_from_stored);
  trial.architecture_hash = row.text(2);
  trial.fidelity = {.epochs = row.real(3), .data_share = row.real(4), .resolution = row.real(5)};
  trial.seed = row.parsed(6, seed_from_stored);
  trial.status = read_status(row, 7);
  trial.reason = row.text(8);
  trial.reused_from = row.optional_integer(9);
  trial.parent = row.optional_integer(10);
  trial.metrics = row.parsed(11, metrics_from_stored);
  trial.curve = row.parsed(12, curve_from_stored);
  trial.seconds = row.real(13);
  return trial;
}

FinalResult read_final(const Row& row) {
  FinalResult result;
  result.trial = row.integer(0);
  result.repeat = static_cast<int>(row.integer(1));
  result.seed = row.parsed(2, seed_from_stored);
  result.chosen = row.integer(3) != 0;
  result.metrics = row.parsed(4, metrics_from_stored);
  result.seconds = row.real(5);
  return result;
}

}  // namespace

std::string to_string(RunStatus status) {
  switch (status) {
    case RunStatus::running:
      return "running";
    case RunStatus::interrupted:
      return "interrupted";
    case RunStatus::finished:
      return "finished";
    case RunStatus::failed:
      return "failed";
  }
  throw Error(ErrorKind::internal, fmt::format("no run status '{}'", static_cast<int>(status)));
}

struct TrialStore::Database : TrialDatabase {
  using TrialDatabase::TrialDatabase;

  SQLite::Statement statement(const std::string& sql) { return {connection(), sql}; }

  /// Every row of `query`, read by `read`.
  template <typename Read>
  auto rows(SQLite::Statement query, const Read& read) {
    std::vector<decltype(read(std::declval<Row>()))> values;
    const Row row(*this, query);
    while (query.executeStep()) values.push_back(read(row));
    return values;
  }
  /// The one row of the table "run".
  template <typename Read>
  auto run_row(const char* column, const Read& read) {
    return guarded("reading the run's status", [&] {
      SQLite::Statement query =
          statement(fmt::format("SELECT one, {} FROM run WHERE one = 1", column));
      if (!query.executeStep()) damaged("table 'run' has no row");
      return read(Row(*this, query));
    });
  }
};

TrialStore::TrialStore(const std::filesystem::path& file, Access access)
    : database_(std::make_unique<Database>(file, access,
                                           TrialDatabase::journal_for(file.parent_path()))) {}

TrialStore::~TrialStore() = default;

void TrialStore::append(std::span<const Trial> trials) {
  database_->guarded("storing trials", [&] {
    const TrialDatabase::Pace pace(*database_);  // outlives the transaction
    SQLite::Transaction transaction(database_->connection(),
                                    SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement insert = database_->statement(
        fmt::format("INSERT INTO trials ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    trial_columns));
    for (const Trial& trial : trials) {
      bind(insert, trial);
      insert.exec();
      insert.reset();
    }
    transaction.commit();
  });
}

std::vector<Trial> TrialStore::load() const {
  return database_->guarded("reading trials", [&] {
    return database_->rows(
        database_->statement(fmt::format("SELECT {} FROM trials ORDER BY id", trial_columns)),
        read_trial);
  });
}

std::vector<Trial> TrialStore::load_outcomes() const {
  return database_->guarded("reading trials", [&] {
    return database_->rows(
        database_->statement(fmt::format("SELECT {} FROM trials ORDER BY id", outcome_columns)),
        read_outcome);
  });
}

std::optional<Trial> TrialStore::find(std::int64_t id) const {
  return database_->guarded("reading a trial", [&]() -> std::optional<Trial> {
    SQLite::Statement query =
        database_->statement(fmt::format("SELECT {} FROM trials WHERE id = ?", trial_columns));
    query.bind(1, id);
    if (!query.executeStep()) return std::nullopt;
    return read_trial(Row(*database_, query));
  });
}

std::int64_t TrialStore::count() const {
  return database_->guarded("counting trials", [&] {
    return database_->connection().execAndGet("SELECT count(*) FROM trials").getInt64();
  });
}

void TrialStore::check_pages() const {
  database_->guarded("checking it", [&] { database_->check_pages("PRAGMA integrity_check(1)"); });
}

void TrialStore::set_status(RunStatus status, const std::string& note) {
  database_->guarded("storing the run's status", [&] {
    SQLite::Statement update = database_->statement("UPDATE run SET status = ?, note = ?");
    update.bind(1, to_string(status));
    update.bind(2, note);
    update.exec();
  });
}

RunStatus TrialStore::status() const {
  return database_->run_row("status", [](const Row& row) {
    return row.parsed(1, [](const std::string& name) { return status_named(name, run_statuses); });
  });
}

std::string TrialStore::note() const {
  return database_->run_row("note", [](const Row& row) { return row.text(1); });
}

void TrialStore::add_seconds(double seconds) {
  database_->guarded("storing the run's duration", [&] {
    SQLite::Statement update = database_->statement("UPDATE run SET seconds = seconds + ?");
    update.bind(1, seconds);
    update.exec();
  });
}

double TrialStore::seconds() const {
  return database_->run_row("seconds", [](const Row& row) { return row.real(1); });
}

void TrialStore::append_final(const FinalResult& result) {
  database_->guarded("storing a final training", [&] {
    SQLite::Statement insert = database_->statement(
        fmt::format("INSERT OR REPLACE INTO finals ({}) VALUES (?, ?, ?, ?, ?, ?)", final_columns));
    insert.bind(1, result.trial);
    insert.bind(2, result.repeat);
    insert.bind(3, stored_seed(result.seed));
    insert.bind(4, result.chosen ? 1 : 0);
    insert.bind(5, stored_metrics(result.metrics));
    insert.bind(6, result.seconds);
    insert.exec();
  });
}

void TrialStore::choose_final(std::int64_t trial, int repeat) {
  const auto stored = database_->guarded("choosing a final training", [&] {
    SQLite::Transaction transaction(database_->connection(),
                                    SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement choose =
        database_->statement("UPDATE finals SET chosen = 1 WHERE trial = ? AND repeat = ?");
    choose.bind(1, trial);
    choose.bind(2, repeat);
    if (choose.exec() == 0) return false;
    SQLite::Statement leave =
        database_->statement("UPDATE finals SET chosen = 0 WHERE trial <> ? OR repeat <> ?");
    leave.bind(1, trial);
    leave.bind(2, repeat);
    leave.exec();
    transaction.commit();
    return true;
  });
  if (!stored) {
    throw Error(
        ErrorKind::internal,
        fmt::format("there is no final training '{}' of trial '{}' to choose", repeat, trial));
  }
}

std::vector<FinalResult> TrialStore::finals() const {
  return database_->guarded("reading final trainings", [&] {
    return database_->rows(database_->statement(fmt::format(
                               "SELECT {} FROM finals ORDER BY trial, repeat", final_columns)),
                           read_final);
  });
}

void TrialStore::finish() { database_->finish(); }

}  // namespace nas
