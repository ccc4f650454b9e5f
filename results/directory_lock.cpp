#include "results/directory_lock.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <thread>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {
namespace {

// Whoever asks `held` has the lock for some microseconds: a writer tries for longer than that.
constexpr int attempts = 10;
constexpr std::chrono::milliseconds between_attempts(10);

std::filesystem::path lock_file(const std::filesystem::path& directory) {
  return directory / "lock";
}

std::string host_name() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

/// "process 1234 on host 'a'", from the text of the lock file.
std::string holder(int descriptor) {
  std::array<char, 512> text{};
  const ssize_t size = ::pread(descriptor, text.data(), text.size() - 1, 0);
  long process = 0;
  std::array<char, 256> host{};
  if (size <= 0 || std::sscanf(text.data(), "%ld %255s", &process, host.data()) != 2) {
    return "another process";
  }
  return fmt::format("process {} on host '{}'", process, host.data());
}

/// False where another holds it; otherwise as `flock`, with errno.
bool try_lock(int descriptor, int operation) {
  while (::flock(descriptor, operation | LOCK_NB) != 0) {
    if (errno != EINTR) return false;
  }
  return true;
}

bool lock_in_time(int descriptor) {
  for (int attempt = 0; attempt < attempts; ++attempt) {
    if (attempt > 0) std::this_thread::sleep_for(between_attempts);
    if (try_lock(descriptor, LOCK_EX)) return true;
    if (errno != EWOULDBLOCK) return false;
  }
  errno = EWOULDBLOCK;
  return false;
}

/// The text is for people: where it cannot be written (a full disk), the lock holds all the same.
void sign(int descriptor) {
  const std::string text = fmt::format("{} {}\n", ::getpid(), host_name());
  if (::ftruncate(descriptor, 0) != 0) return;
  [[maybe_unused]] const ssize_t written = ::pwrite(descriptor, text.data(), text.size(), 0);
}

}  // namespace

DirectoryLock::DirectoryLock(const std::filesystem::path& directory)
    : file_(::open(lock_file(directory).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
  if (!file_) {
    throw Error(ErrorKind::io,
                fmt::format("cannot write to run directory '{}': '{}': {}", directory.string(),
                            lock_file(directory).string(), std::strerror(errno)));
  }
  if (lock_in_time(file_.number())) {
    sign(file_.number());
    return;
  }
  if (errno == EWOULDBLOCK) {
    throw Error(ErrorKind::run_directory,
                fmt::format("run directory '{}' is held by {}, which writes to it; wait until it "
                            "has ended, or stop it",
                            directory.string(), holder(file_.number())));
  }
  throw Error(ErrorKind::io, fmt::format("cannot lock '{}': {}; put the run on a file system that "
                                         "has locks, such as a local disk",
                                         lock_file(directory).string(), std::strerror(errno)));
}

bool DirectoryLock::held(const std::filesystem::path& directory) {
  const FileDescriptor file(::open(lock_file(directory).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return errno != ENOENT;
  return !try_lock(file.number(), LOCK_SH);
}

}  // namespace nas
