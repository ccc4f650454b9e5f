#include "results/durable_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "results/file_descriptor.hpp"

namespace nas {
namespace {

[[noreturn]] void cannot(const char* what, const std::filesystem::path& path) {
  throw Error(ErrorKind::io,
              fmt::format("cannot {} '{}': {}", what, path.string(), std::strerror(errno)));
}

void write_all(int descriptor, std::string_view text, const std::filesystem::path& file) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) cannot("write", file);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void write_new(const std::filesystem::path& file, std::string_view text) {
  const FileDescriptor descriptor(
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!descriptor) cannot("write", file);
  write_all(descriptor.number(), text, file);
  if (::fsync(descriptor.number()) != 0) cannot("write", file);
}

}  // namespace

void write_durably(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::path fresh = file;
  fresh += ".new";
  try {
    write_new(fresh, text);
    if (::rename(fresh.c_str(), file.c_str()) != 0) cannot("write", file);
  } catch (...) {
    ::unlink(fresh.c_str());
    throw;
  }
  synchronise_directory(file.has_parent_path() ? file.parent_path() : ".");
}

void synchronise_directory(const std::filesystem::path& directory) {
  const FileDescriptor descriptor(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor) cannot("open", directory);
  // Some file systems cannot synchronise a directory and say EINVAL: nothing more can be done.
  if (::fsync(descriptor.number()) != 0 && errno != EINVAL) cannot("synchronise", directory);
}

}  // namespace nas
