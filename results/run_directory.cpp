#include "results/run_directory.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "core/base/durable_file.hpp"
#include "core/base/error.hpp"
#include "core/base/json_error.hpp"
#include "results/directory_lock.hpp"
#include "results/json_fields.hpp"

namespace nas {
namespace fs = std::filesystem;

struct RunDirectory::Lock : DirectoryLock {
  using DirectoryLock::DirectoryLock;
};

namespace {

constexpr const char* schema = "nas.run-directory";
constexpr std::int64_t format_version = 4;

fs::path description_of(const fs::path& run) { return run / "run.json"; }
fs::path database_of(const fs::path& run) { return run / "trials.sqlite"; }

TrialStore::Access access_to_trials(const fs::path& run, RunDirectory::Access access) {
  if (access == RunDirectory::Access::write) return TrialStore::Access::write;
  // A copy of what another process writes to would be of several moments; and what SQLite makes for
  // its readers is there already.
  const bool leaves_no_trace = access == RunDirectory::Access::inspect && !DirectoryLock::held(run);
  return leaves_no_trace ? TrialStore::Access::inspect : TrialStore::Access::read;
}

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorKind::run_directory, message);
}

std::string now() {
  const std::time_t time = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(time));
}

std::string describe(const RunConfig& config, const nlohmann::json& environment) {
  const nlohmann::json description = {{"schema", schema},          {"version", format_version},
                                      {"program", NAS_VERSION},    {"created", now()},
                                      {"config", to_json(config)}, {"environment", environment}};
  return description.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

/// What may be in a directory whose making was interrupted: run.json comes last.
const std::set<std::string>& left_overs() {
  static const std::set<std::string> names{"lock",
                                           "best",
                                           "run.json.new",
                                           "trials.sqlite",
                                           "trials.sqlite-journal",
                                           "trials.sqlite-wal",
                                           "trials.sqlite-shm",
                                           "trials.sqlite.new",
                                           "trials.sqlite.new-journal",
                                           "trials.sqlite.new-wal",
                                           "trials.sqlite.new-shm"};
  return names;
}

/// Calls `action`; what the file system refuses is an Error(io).
template <typename Action>
RunDirectory reported(const Action& action) {
  try {
    return action();
  } catch (const fs::filesystem_error& error) {
    throw Error(ErrorKind::io,
                fmt::format("cannot use '{}': {}", error.path1().string(), error.code().message()));
  }
}

void make_directory(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    throw Error(ErrorKind::io,
                fmt::format("cannot make directory '{}': {}", path.string(), error.message()));
  }
}

void check_free(const fs::path& path) {
  if (!fs::exists(path)) return;
  if (!fs::is_directory(path))
    refuse(fmt::format("'{}' exists and is no directory", path.string()));
  if (RunDirectory::is_run(path)) {
    refuse(
        fmt::format("'{0}' holds a run already; go on with it by `nas resume {0}`, or choose "
                    "another directory",
                    path.string()));
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    const std::string name = entry.path().filename().string();
    if (left_overs().contains(name)) continue;
    refuse(fmt::format("'{}' is not empty (it holds '{}'); choose another directory", path.string(),
                       name));
  }
}

nlohmann::json read_description(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) throw Error(ErrorKind::io, fmt::format("cannot read '{}'", file.string()));
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    refuse(fmt::format("'{}' is damaged: {}", file.string(), json_error(error)));
  }
}

void check_format(JsonFields& fields, const std::string& file) {
  const std::string found = fields.text("schema");
  if (found != schema) {
    refuse(fmt::format("'{}' has schema '{}', not '{}': it describes no run", file, found, schema));
  }
  const std::int64_t version = fields.integer("version", 1);
  const std::string program = fields.text("program");
  if (version != format_version) {
    refuse(
        fmt::format("'{}' has format version '{}', and nas {} reads version {}; use nas {}, "
                    "which wrote it, or a later one",
                    file, version, NAS_VERSION, format_version, program));
  }
}

}  // namespace

RunDirectory::RunDirectory(RunDirectory&&) noexcept = default;
RunDirectory::~RunDirectory() = default;

RunDirectory& RunDirectory::operator=(RunDirectory&& other) noexcept {
  trials_ = nullptr;  // before its lock goes
  path_ = std::move(other.path_);
  config_ = std::move(other.config_);
  environment_ = std::move(other.environment_);
  lock_ = std::move(other.lock_);
  trials_ = std::move(other.trials_);
  return *this;
}

RunDirectory RunDirectory::create(const fs::path& path, const RunConfig& config,
                                  const nlohmann::json& environment) {
  return reported([&] { return make(path, config, environment); });
}

RunDirectory RunDirectory::make(const fs::path& path, const RunConfig& config,
                                const nlohmann::json& environment) {
  check_free(path);
  make_directory(path);
  RunDirectory run;
  run.path_ = path;
  run.config_ = config;
  run.environment_ = environment;
  run.lock_ = std::make_unique<Lock>(path);
  check_free(path);  // another process may have been here before the lock
  run.trials_ = std::make_unique<TrialStore>(database_of(path), TrialStore::Access::write);
  if (const std::int64_t stored = run.trials_->count(); stored > 0) {
    refuse(
        fmt::format("'{}' has {} trials but no 'run.json'; restore that file, or choose another "
                    "directory",
                    path.string(), stored));
  }
  make_directory(run.best());
  write_durably(description_of(path), describe(config, environment));
  synchronise_directory(path.has_parent_path() ? path.parent_path() : ".");
  return run;
}

RunDirectory RunDirectory::open(const fs::path& path, Access access) {
  return reported([&] { return load(path, access); });
}

RunDirectory RunDirectory::load(const fs::path& path, Access access) {
  if (!fs::exists(path)) refuse(fmt::format("there is no run directory '{}'", path.string()));
  const fs::path description = description_of(path);
  if (!fs::is_regular_file(description)) {  // unlike is_run, complains where it may not look
    refuse(fmt::format("'{}' holds no run: it has no 'run.json'", path.string()));
  }
  const std::string file = description.string();
  const nlohmann::json json = read_description(description);
  JsonFields fields(json, file, "");
  check_format(fields, file);
  fields.text("created");
  RunDirectory run;
  run.path_ = path;
  run.config_ = run_config_from_json(fields.object("config"), file);
  run.environment_ = fields.object("environment");
  fields.no_others();

  if (access == Access::write) run.lock_ = std::make_unique<Lock>(path);
  const fs::path database = database_of(path);
  if (!fs::exists(database)) refuse(fmt::format("'{}' is missing", database.string()));
  if (fs::file_size(database) == 0) refuse(fmt::format("'{}' is empty", database.string()));
  run.trials_ = std::make_unique<TrialStore>(database, access_to_trials(path, access));
  if (access == Access::write) make_directory(run.best());
  return run;
}

void RunDirectory::discard(RunDirectory run) {
  if (const std::int64_t stored = run.trials_->count(); stored > 0) {
    refuse(fmt::format("'{}' is not discarded: it has {} trials", run.path_.string(), stored));
  }
  // What may be left over in a directory that was never a run goes after run.json.
  std::error_code ignored;
  fs::remove(description_of(run.path_), ignored);
  fs::remove(run.log_file(), ignored);
  run.trials_ = nullptr;
  for (const std::string& name : left_overs()) fs::remove_all(run.path_ / name, ignored);
  fs::remove(run.path_, ignored);  // unless it holds what is not ours
}

bool RunDirectory::in_use() const { return lock_ != nullptr || DirectoryLock::held(path_); }

fs::path RunDirectory::unused_name(const fs::path& parent, const std::string& strategy,
                                   const std::string& space) {
  for (int number = 1;; ++number) {
    fs::path path = parent / fmt::format("{}-{}-{}", strategy, space, number);
    if (!fs::exists(fs::symlink_status(path))) return path;
  }
}

bool RunDirectory::is_run(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(description_of(path), ignored);
}

}  // namespace nas
