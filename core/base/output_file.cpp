#include "core/base/output_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "core/base/durable_file.hpp"
#include "core/base/error.hpp"

namespace nas {

namespace fs = std::filesystem;

namespace {

template <typename... Arguments>
[[noreturn]] void refuse(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  throw Error(ErrorKind::io, fmt::format(format, std::forward<Arguments>(arguments)...));
}

/// Of this process alone, and not there.
fs::path unused_name(const fs::path& file) {
  for (int number = 0;; ++number) {
    fs::path fresh = file;
    fresh += fmt::format(".{}-{}.new", ::getpid(), number);
    if (!fs::exists(fs::symlink_status(fresh))) return fresh;
  }
}

}  // namespace

OutputFile::OutputFile(fs::path path, Existing existing)
    : path_(std::move(path)), existing_(existing) {
  if (path_.empty()) refuse("cannot write '': it is no name of a file");
  std::error_code failed;
  const fs::file_status status = fs::status(path_, failed);
  if (fs::is_directory(status)) refuse("cannot write '{}': it is a folder", path_.string());
  is_device_ = fs::exists(status) && !fs::is_regular_file(status);
  if (is_device_) return;
  const bool is_there = fs::exists(fs::symlink_status(path_, failed));
  if (is_there && existing_ == Existing::keep) taken();
  if (fs::is_symlink(fs::symlink_status(path_, failed))) {
    if (!fs::exists(status)) refuse("cannot write '{}': it is a broken link", path_.string());
    path_ = fs::canonical(path_);
  }
  const fs::path folder = path_.has_parent_path() ? path_.parent_path() : ".";
  if (!fs::is_directory(folder, failed)) {
    refuse("cannot write '{}': there is no folder '{}'", path_.string(), folder.string());
  }
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    refuse("cannot write '{}': {}", path_.string(), std::generic_category().message(errno));
  }
}

void OutputFile::taken() const {
  refuse("'{}' exists already; --force replaces it", path_.string());
}

void OutputFile::write(std::string_view content) const {
  if (is_device_) return write_to_device(content);
  DurableFile file(path_, unused_name(path_));
  file.write(content.data(), content.size());
  if (existing_ == Existing::replace) return file.commit();
  if (!file.commit_new()) taken();
}

void OutputFile::write_by(const std::function<void(const fs::path& file)>& make) const {
  if (is_device_) refuse("cannot write '{}': it is no file", path_.string());
  const fs::path fresh = unused_name(path_);
  try {
    make(fresh);
    if (existing_ == Existing::replace) {
      fs::rename(fresh, path_);
    } else if (!rename_new(fresh, path_)) {
      taken();
    }
  } catch (...) {
    std::error_code ignored;
    fs::remove(fresh, ignored);
    throw;
  }
}

void OutputFile::write_to_device(std::string_view content) const {
  const FileDescriptor descriptor(::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
  while (!content.empty()) {
    const ssize_t written =
        descriptor ? ::write(descriptor.number(), content.data(), content.size()) : -1;
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      refuse("cannot write '{}': {}", path_.string(), std::generic_category().message(errno));
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace nas
