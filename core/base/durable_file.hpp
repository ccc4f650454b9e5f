/// Files that are there completely or as they were before, even after a power failure.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

#include "core/base/file_descriptor.hpp"

namespace nas {

/// Writes beside `file`, as `<file>.new`, and takes its place in `commit`; without that call
/// nothing remains. Everything throws Error(io).
class DurableFile {
 public:
  explicit DurableFile(std::filesystem::path file);
  /// Writes as `fresh` instead, which must not be there, in the folder of `file`.
  DurableFile(std::filesystem::path file, std::filesystem::path fresh);
  ~DurableFile();
  DurableFile(const DurableFile&) = delete;
  DurableFile& operator=(const DurableFile&) = delete;

  void write(const void* data, std::size_t bytes);
  void commit();
  /// Likewise, but false where something has the name by now, which stays as it is.
  bool commit_new();

 private:
  void synchronise();
  void committed();

  std::filesystem::path file_;
  std::filesystem::path fresh_;
  FileDescriptor descriptor_;
  bool committed_ = false;
};

/// Replaces `file` by one that holds `text`.
void write_durably(const std::filesystem::path& file, std::string_view text);
/// Gives a file another name, in the same file system; false where something has it, which stays as
/// it is. Throws Error(io).
bool rename_new(const std::filesystem::path& from, const std::filesystem::path& to);
/// Gives a file that others have written its name: `to` is what it was or `from` whole, and durable
/// when this returns. Throws Error(io).
void move_durably(const std::filesystem::path& from, const std::filesystem::path& to);
/// Makes the names in `directory` durable. Throws Error(io).
void synchronise_directory(const std::filesystem::path& directory);

}  // namespace nas
