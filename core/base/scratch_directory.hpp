/// A directory for files that nobody needs later.
#pragma once

#include <cerrno>
#include <filesystem>
#include <stdlib.h>
#include <string>
#include <system_error>

namespace nas {

/// In the directory for temporary files, for this user alone; removed with all that is in it.
class ScratchDirectory {
 public:
  /// Throws std::filesystem::filesystem_error.
  ScratchDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "nas-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw std::filesystem::filesystem_error("cannot make a temporary directory", name,
                                              std::error_code(errno, std::generic_category()));
    }
    path_ = name;
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace nas
