/// A file that is either there in full or as it was before, whenever the power fails.
#pragma once

#include <cstddef>
#include <filesystem>

namespace nas {

/// Writes next to `file` and takes its place in `commit`; without that call nothing remains.
class DurableFile {
 public:
  /// All throw Error(io).
  explicit DurableFile(std::filesystem::path file);
  ~DurableFile();
  DurableFile(const DurableFile&) = delete;
  DurableFile& operator=(const DurableFile&) = delete;

  void write(const void* data, std::size_t bytes);
  void commit();

 private:
  [[noreturn]] void fail(const char* what) const;

  std::filesystem::path file_;
  std::filesystem::path partial_;
  int descriptor_ = -1;
};

}  // namespace nas
