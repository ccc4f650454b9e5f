/// log.txt of a run directory: a line per trial, warnings, what the run ran on.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

namespace nas::cli {

/// Appends, with the time in front of every line. A full disk does not end a run: the log then
/// ends.
class RunLog {
 public:
  /// Throws Error(io) where the file cannot be opened.
  explicit RunLog(const std::filesystem::path& file);
  ~RunLog();
  RunLog(const RunLog&) = delete;
  RunLog& operator=(const RunLog&) = delete;

  void info(std::string_view message);
  void warning(std::string_view message);
  void error(std::string_view message);

 private:
  struct Logger;
  std::unique_ptr<Logger> logger_;
};

}  // namespace nas::cli
