/// A dataset that trains in a moment: 8 x 8 pixels, two classes, bright above or bright below.
#pragma once

#include <cstdint>
#include <filesystem>
#include <random>
#include <string>

#include "tests/base/temporary_directory.hpp"

namespace nas {

inline std::string big_endian(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
          static_cast<char>(value >> 8), static_cast<char>(value)};
}

inline std::string idx_images(std::uint32_t count) {
  constexpr std::uint32_t side = 8;
  std::string bytes = big_endian(0x0803) + big_endian(count) + big_endian(side) + big_endian(side);
  std::mt19937 noise(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    for (std::uint32_t row = 0; row < side; ++row) {
      const bool bright = (row < side / 2) == (i % 2 == 0);
      for (std::uint32_t column = 0; column < side; ++column) {
        bytes += static_cast<char>((bright ? 140U : 60U) + noise() % 60U);
      }
    }
  }
  return bytes;
}

inline std::string idx_labels(std::uint32_t count) {
  std::string bytes = big_endian(0x0801) + big_endian(count);
  for (std::uint32_t i = 0; i < count; ++i) bytes += static_cast<char>(i % 2);
  return bytes;
}

/// Writes the four files into the folder 'data' of the directory; gives that folder.
inline std::filesystem::path write_tiny_data(const TemporaryDirectory& directory) {
  constexpr std::uint32_t train = 128;
  constexpr std::uint32_t test = 32;
  directory.write("data/train-images-idx3-ubyte", idx_images(train));
  directory.write("data/train-labels-idx1-ubyte", idx_labels(train));
  directory.write("data/t10k-images-idx3-ubyte", idx_images(test));
  directory.write("data/t10k-labels-idx1-ubyte", idx_labels(test));
  return directory.path() / "data";
}

}  // namespace nas
