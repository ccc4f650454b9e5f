#include "core/parameters/durable_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {
namespace {

/// A rename is durable once its directory is. Some file systems cannot sync one; the file itself is
/// safe by then.
void sync_directory(const std::filesystem::path& file) {
  const std::filesystem::path directory = file.has_parent_path() ? file.parent_path() : ".";
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

DurableFile::DurableFile(std::filesystem::path file) : file_(std::move(file)), partial_(file_) {
  partial_ += fmt::format(".{}.partial", ::getpid());
  descriptor_ = ::open(partial_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail("create");
}

DurableFile::~DurableFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(partial_.c_str());
}

void DurableFile::write(const void* data, std::size_t bytes) {
  const char* next = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t written = ::write(descriptor_, next, bytes);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write");
    next += written;
    bytes -= static_cast<std::size_t>(written);
  }
}

void DurableFile::commit() {
  if (::fsync(descriptor_) != 0) fail("write");
  if (::rename(partial_.c_str(), file_.c_str()) != 0) fail("rename");
  ::close(std::exchange(descriptor_, -1));
  sync_directory(file_);
}

void DurableFile::fail(const char* what) const {
  const std::string reason = std::generic_category().message(errno);
  throw Error(ErrorKind::io, fmt::format("cannot {} '{}', on the way to '{}': {}", what,
                                         partial_.string(), file_.string(), reason));
}

}  // namespace nas
