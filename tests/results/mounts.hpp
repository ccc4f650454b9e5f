/// Mounts that only the calling process sees, for use in a ChildProcess.
#pragma once

#include <filesystem>
#include <fstream>
#include <sched.h>
#include <string>
#include <sys/mount.h>
#include <unistd.h>

namespace nas {

inline bool write_text(const char* file, const std::string& text) {
  std::ofstream out(file);
  out << text << std::flush;
  return out.good();
}

/// False where this system does not let the process have mounts of its own.
inline bool own_mounts() {
  const auto user = ::geteuid();
  if (user == 0) {
    if (::unshare(CLONE_NEWNS) != 0) return false;
  } else {
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
    if (!write_text("/proc/self/uid_map", "0 " + std::to_string(user) + " 1")) return false;
  }
  return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

inline bool mount_small_disk(const std::filesystem::path& directory, const std::string& size) {
  return ::mount("none", directory.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
}

inline bool make_read_only(const std::filesystem::path& directory) {
  return ::mount(directory.c_str(), directory.c_str(), nullptr, MS_BIND, nullptr) == 0 &&
         ::mount("none", directory.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) ==
             0;
}

}  // namespace nas
