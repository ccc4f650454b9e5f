/// One process at a time writes to a run directory.
///
/// The lock is the kernel's (`flock` on the file `lock`), so it is gone with its process, however
/// that ends; the file stays, and its text says who holds the lock.
#pragma once

#include <filesystem>

#include "core/base/file_descriptor.hpp"

namespace nas {

class DirectoryLock {
 public:
  /// Throws Error(run_directory), naming the process, where the lock is held; Error(io) where the
  /// directory cannot be written or its file system has no locks.
  explicit DirectoryLock(const std::filesystem::path& directory);

  /// Whether any process, this one included, holds the lock. Writes nothing. True also where that
  /// cannot be found out.
  static bool held(const std::filesystem::path& directory);

 private:
  FileDescriptor file_;
};

}  // namespace nas
