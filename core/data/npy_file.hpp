/// NumPy's array files.
///
/// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, versions 1 to 3.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace nas {

struct NpyHeader {
  char kind = 0;                ///< 'u', 'i', 'f', … as in NumPy's `dtype.kind`
  char byte_order = 0;          ///< '|', '<' or '>'
  std::uint64_t item_size = 0;  ///< bytes
  bool fortran_order = false;
  std::vector<std::uint64_t> shape;

  /// "<f4".
  std::string type() const;
};

/// The dictionary after the preamble: {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }.
/// Throws Error(data) that names `file`.
NpyHeader parse_npy_header(std::string_view text, const std::filesystem::path& file);

struct NpyArray {
  NpyHeader header;
  std::vector<std::uint8_t> bytes;
};

/// Reads a little-endian array in C order of the kinds in `kinds` ("uf"). Throws Error(data) that
/// tells how to save it otherwise.
NpyArray read_npy_array(const std::filesystem::path& file, std::string_view kinds);

}  // namespace nas
