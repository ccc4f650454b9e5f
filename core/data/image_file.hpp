/// PNG and JPEG files, told apart by their content.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace nas {

struct ImageHeader {
  enum class Format { png, jpeg };
  Format format = Format::png;
  std::int64_t width = 0;
  std::int64_t height = 0;
  bool colour = false;

  /// "32x28": width x height, as image viewers show it.
  std::string size_text() const;
};

/// `bytes` is the whole file. Throws Error(data) that names `file`, also on more than 2^24 pixels.
ImageHeader read_image_header(std::span<const std::uint8_t> bytes,
                              const std::filesystem::path& file);

/// Writes the planes of the picture, C x H x W: three (RGB) if `colour`, else one (grey; the
/// picture must be grey). Transparent pixels are laid on black; 16-bit samples are scaled to 8
/// bits. Throws Error(data) on a damaged file.
void decode_image(std::span<const std::uint8_t> bytes, const ImageHeader& header, bool colour,
                  const std::filesystem::path& file, std::span<std::uint8_t> planes);

}  // namespace nas
