#include "results/checkpoint_directory.hpp"

#include <system_error>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {
namespace fs = std::filesystem;

namespace {

void check(const std::error_code& error, const char* doing, const fs::path& path) {
  if (!error) return;
  throw Error(ErrorKind::io,
              fmt::format("cannot {} '{}': {}", doing, path.string(), error.message()));
}

}  // namespace

fs::path CheckpointDirectory::file_of(std::int64_t trial) const {
  return path_ / std::to_string(trial);
}

fs::path CheckpointDirectory::file(std::int64_t trial) {
  std::error_code error;
  fs::create_directory(path_, error);
  check(error, "make directory", path_);
  return file_of(trial);
}

void CheckpointDirectory::remove(std::int64_t trial) {
  const fs::path file = file_of(trial);
  std::error_code error;
  fs::remove(file, error);
  check(error, "remove", file);
}

void CheckpointDirectory::clear() {
  std::error_code error;
  fs::remove_all(path_, error);
  check(error, "remove", path_);
}

}  // namespace nas
