#include "core/base/durable_file.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {
namespace {

[[noreturn]] void cannot(const char* what, const std::filesystem::path& path) {
  const std::string reason = std::generic_category().message(errno);
  throw Error(ErrorKind::io, fmt::format("cannot {} '{}': {}", what, path.string(), reason));
}

std::filesystem::path fresh_name(const std::filesystem::path& file) {
  std::filesystem::path fresh = file;
  fresh += ".new";
  return fresh;
}

}  // namespace

DurableFile::DurableFile(std::filesystem::path file)
    : file_(std::move(file)),
      fresh_(fresh_name(file_)),
      descriptor_(::open(fresh_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
  if (!descriptor_) cannot("write", file_);
}

DurableFile::DurableFile(std::filesystem::path file, std::filesystem::path fresh)
    : file_(std::move(file)),
      fresh_(std::move(fresh)),
      descriptor_(::open(fresh_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) {
  if (!descriptor_) cannot("write", file_);
}

DurableFile::~DurableFile() {
  if (!committed_) ::unlink(fresh_.c_str());
}

void DurableFile::write(const void* data, std::size_t bytes) {
  const char* next = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t written = ::write(descriptor_.number(), next, bytes);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) cannot("write", file_);
    next += written;
    bytes -= static_cast<std::size_t>(written);
  }
}

void DurableFile::synchronise() {
  if (::fsync(descriptor_.number()) != 0) cannot("write", file_);
}

void DurableFile::committed() {
  committed_ = true;
  synchronise_directory(file_.has_parent_path() ? file_.parent_path() : ".");
}

void DurableFile::commit() {
  synchronise();
  if (::rename(fresh_.c_str(), file_.c_str()) != 0) cannot("write", file_);
  committed();
}

bool DurableFile::commit_new() {
  synchronise();
  if (!rename_new(fresh_, file_)) return false;
  committed();
  return true;
}

bool rename_new(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno == EEXIST) return false;
  // Not every file system can do that in one step.
  if (errno != EINVAL && errno != ENOSYS) cannot("write", to);
  if (std::filesystem::exists(std::filesystem::symlink_status(to))) return false;
  if (::rename(from.c_str(), to.c_str()) != 0) cannot("write", to);
  return true;
}

void write_durably(const std::filesystem::path& file, std::string_view text) {
  DurableFile output(file);
  output.write(text.data(), text.size());
  output.commit();
}

void move_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  const FileDescriptor descriptor(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor) cannot("open", from);
  if (::fsync(descriptor.number()) != 0) cannot("write", from);
  if (::rename(from.c_str(), to.c_str()) != 0) cannot("write", to);
  synchronise_directory(to.has_parent_path() ? to.parent_path() : ".");
}

void synchronise_directory(const std::filesystem::path& directory) {
  const FileDescriptor descriptor(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor) cannot("open", directory);
  // Some file systems cannot synchronise a directory and say EINVAL: nothing more can be done.
  if (::fsync(descriptor.number()) != 0 && errno != EINVAL) cannot("synchronise", directory);
}

}  // namespace nas
