/// A run on disk; FORMAT.md describes every file.
///
///     runs/evolution-mbconv-1/
///       run.json        config, environment, format version
///       trials.sqlite   finished trials, status, final training
///       log.txt
///       checkpoints/    of trials that others may continue, while the run goes on
///       best/           architecture.json, architecture.dot, weights.safetensors
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "core/search/trial.hpp"
#include "results/run_config.hpp"
#include "results/trial_store.hpp"

namespace nas {

class RunDirectory {
 public:
  /// `inspect` reads, and leaves no trace in the directory.
  enum class Access { read, inspect, write };

  /// Makes the directory and everything in it, and takes its lock. `environment` is recorded as it
  /// is (versions, CPU, instruction set, plugin hashes, data hash). Throws Error(io) where it
  /// cannot be made, Error(run_directory) where the path exists and is not empty.
  static RunDirectory create(const std::filesystem::path& path, const RunConfig& config,
                             const nlohmann::json& environment);
  /// Throws Error(run_directory): no run there, another format version, a damaged file, and, for
  /// writing, held by another process (which is named). Reading needs no lock and works while a run
  /// goes on, and on a read-only mount.
  static RunDirectory open(const std::filesystem::path& path, Access access);
  /// Removes `run`, which must have no trial, as if it had never been made. Throws
  /// Error(run_directory) where it has some.
  static void discard(RunDirectory run);
  /// "runs/evolution-mbconv-3": the first number that is free under `parent`.
  static std::filesystem::path unused_name(const std::filesystem::path& parent,
                                           const std::string& strategy, const std::string& space);
  static bool is_run(const std::filesystem::path& path);
  /// Whether this or another process is writing to the run now.
  bool in_use() const;

  RunDirectory(RunDirectory&&) noexcept;
  RunDirectory& operator=(RunDirectory&&) noexcept;
  ~RunDirectory();

  const std::filesystem::path& path() const { return path_; }
  const RunConfig& config() const { return config_; }
  const nlohmann::json& environment() const { return environment_; }
  TrialStore& trials() { return *trials_; }
  const TrialStore& trials() const { return *trials_; }
  std::filesystem::path best() const { return path_ / "best"; }
  std::filesystem::path checkpoints() const { return path_ / "checkpoints"; }
  std::filesystem::path log_file() const { return path_ / "log.txt"; }

 private:
  RunDirectory() = default;
  static RunDirectory make(const std::filesystem::path& path, const RunConfig& config,
                           const nlohmann::json& environment);
  static RunDirectory load(const std::filesystem::path& path, Access access);

  struct Lock;
  std::filesystem::path path_;
  RunConfig config_;
  nlohmann::json environment_;
  std::unique_ptr<Lock> lock_;
  std::unique_ptr<TrialStore> trials_;
};

}  // namespace nas
