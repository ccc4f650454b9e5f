#include "cli/run_log.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/spdlog.h>

#include "core/base/error.hpp"

namespace nas::cli {

struct RunLog::Logger {
  explicit Logger(const std::filesystem::path& file)
      : log("run", std::make_shared<spdlog::sinks::basic_file_sink_mt>(file.string())) {}
  spdlog::logger log;
};

RunLog::RunLog(const std::filesystem::path& file) {
  try {
    logger_ = std::make_unique<Logger>(file);
  } catch (const spdlog::spdlog_ex& error) {
    throw Error(ErrorKind::io,
                fmt::format("opening the log '{}': {}", file.string(), error.what()));
  }
  logger_->log.set_pattern("%Y-%m-%dT%H:%M:%S%z %l %v");
  logger_->log.flush_on(spdlog::level::info);
  logger_->log.set_error_handler([](const std::string&) {});
}

RunLog::~RunLog() = default;

void RunLog::info(std::string_view message) { logger_->log.info("{}", message); }

void RunLog::warning(std::string_view message) { logger_->log.warn("{}", message); }

void RunLog::error(std::string_view message) { logger_->log.error("{}", message); }

}  // namespace nas::cli
