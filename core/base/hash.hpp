/// 128-bit content hashes (XXH3), the same on every machine.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace nas {

struct Hash {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  /// 32 lower-case hexadecimal digits.
  std::string text() const;
  friend auto operator<=>(const Hash&, const Hash&) = default;
};

Hash hash_bytes(std::string_view bytes);
/// Throws Error(io) where the file cannot be read.
Hash hash_file(const std::filesystem::path& file);

}  // namespace nas
