/// A file read from front to end, gunzipped where it is a gzip.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

struct gzFile_s;  // zlib's

namespace nas {

/// Throws Error(io) where the file cannot be opened or read, Error(data) where its name ends in
/// ".gz" and it is no gzip, or where the gzip is cut off or damaged.
class ByteSource {
 public:
  explicit ByteSource(const std::filesystem::path& file);

  /// The next `count` bytes, fewer at the end of the file only. Memory grows with what is really
  /// there, so that `count` may come from a header that nobody has checked.
  std::vector<std::uint8_t> read(std::uint64_t count);
  /// Throws Error(data) with the number of bytes expected and found where there are fewer. `what`
  /// ("10000 labels") is for the message.
  std::vector<std::uint8_t> read_exactly(std::uint64_t count, std::string_view what);
  /// Everything that is left.
  std::vector<std::uint8_t> read_rest();
  /// Throws Error(data) unless the end has been reached; checks the checksum of a gzip along.
  void expect_end();

  const std::filesystem::path& file() const { return file_; }

 private:
  std::size_t read_block(std::uint8_t* to, std::size_t count);

  std::filesystem::path file_;
  std::uint64_t position_ = 0;  ///< in unpacked bytes
  std::unique_ptr<gzFile_s, int (*)(gzFile_s*)> stream_;
};

}  // namespace nas
