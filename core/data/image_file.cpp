#include "core/data/image_file.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include <fmt/format.h>
#include <png.h>
#include <turbojpeg.h>

#include "core/base/error.hpp"

namespace nas {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::array<std::uint8_t, 8> png_signature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
constexpr std::array<std::uint8_t, 3> jpeg_signature = {0xff, 0xd8, 0xff};
constexpr std::int64_t most_pixels = 1 << 24;

[[noreturn]] void throw_damaged(const std::filesystem::path& file, const char* reason) {
  throw Error(ErrorKind::data,
              fmt::format("the picture '{}' is damaged or of a kind that cannot be read ({})",
                          file.string(), reason));
}

bool starts_with(Bytes bytes, Bytes signature) {
  return bytes.size() >= signature.size() &&
         std::equal(signature.begin(), signature.end(), bytes.begin());
}

/// libpng's simplified interface.
class PngDecoder {
 public:
  PngDecoder(Bytes bytes, const std::filesystem::path& file) : file_(file) {
    image_.version = PNG_IMAGE_VERSION;
    if (!png_image_begin_read_from_memory(&image_, bytes.data(), bytes.size())) {
      throw_damaged(file_, image_.message);
    }
    // Otherwise libpng takes 16-bit samples to be linear and brightens them.
    image_.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
  }
  PngDecoder(const PngDecoder&) = delete;
  PngDecoder& operator=(const PngDecoder&) = delete;
  ~PngDecoder() { png_image_free(&image_); }

  ImageHeader header() const {
    return {ImageHeader::Format::png, image_.width, image_.height,
            (image_.format & PNG_FORMAT_FLAG_COLOR) != 0};
  }

  void decode(bool colour, std::span<std::uint8_t> interleaved) {
    image_.format = colour ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    constexpr png_color black = {0, 0, 0};
    if (!png_image_finish_read(&image_, &black, interleaved.data(), 0, nullptr)) {
      throw_damaged(file_, image_.message);
    }
  }

 private:
  png_image image_{};
  const std::filesystem::path& file_;
};

class JpegDecoder {
 public:
  JpegDecoder(Bytes bytes, const std::filesystem::path& file)
      : bytes_(bytes), file_(file), handle_(tjInitDecompress(), tjDestroy) {
    int subsampling = 0;
    if (!handle_ || tjDecompressHeader3(handle_.get(), bytes_.data(), bytes_.size(), &width_,
                                        &height_, &subsampling, &colour_space_) != 0) {
      throw_damaged(file_, tjGetErrorStr2(handle_.get()));
    }
    // A file that ends before its frame header is no error to the library.
    if (width_ <= 0 || height_ <= 0) throw_damaged(file_, "it ends within its header");
  }

  ImageHeader header() const {
    return {ImageHeader::Format::jpeg, width_, height_, colour_space_ != TJCS_GRAY};
  }

  void decode(bool colour, std::span<std::uint8_t> interleaved) {
    // A warning, such as a premature end, means that pixels were made up.
    if (tjDecompress2(handle_.get(), bytes_.data(), bytes_.size(), interleaved.data(), width_, 0,
                      height_, colour ? TJPF_RGB : TJPF_GRAY, TJFLAG_ACCURATEDCT) != 0) {
      throw_damaged(file_, tjGetErrorStr2(handle_.get()));
    }
  }

 private:
  Bytes bytes_;
  const std::filesystem::path& file_;
  std::unique_ptr<void, int (*)(void*)> handle_;
  int width_ = 0;
  int height_ = 0;
  int colour_space_ = 0;
};

void check_size(const ImageHeader& header, const std::filesystem::path& file) {
  if (header.width > 0 && header.height > 0 && header.width * header.height <= most_pixels) return;
  throw Error(ErrorKind::data, fmt::format("the picture '{}' is '{}' pixels large; at most {} "
                                           "pixels in all can be read: scale it down",
                                           file.string(), header.size_text(), most_pixels));
}

void separate_planes(Bytes interleaved, std::span<std::uint8_t> planes) {
  const std::size_t channels = 3;
  const std::size_t pixels = planes.size() / channels;
  for (std::size_t i = 0; i < pixels; ++i) {
    for (std::size_t c = 0; c < channels; ++c) {
      planes[c * pixels + i] = interleaved[i * channels + c];
    }
  }
}

}  // namespace

std::string ImageHeader::size_text() const { return fmt::format("{}x{}", width, height); }

ImageHeader read_image_header(Bytes bytes, const std::filesystem::path& file) {
  ImageHeader header;
  if (starts_with(bytes, png_signature)) {
    header = PngDecoder(bytes, file).header();
  } else if (starts_with(bytes, jpeg_signature)) {
    header = JpegDecoder(bytes, file).header();
  } else {
    throw Error(ErrorKind::data,
                fmt::format("'{}' is neither a PNG nor a JPEG picture, whatever its name says",
                            file.string()));
  }
  check_size(header, file);
  return header;
}

void decode_image(Bytes bytes, const ImageHeader& header, bool colour,
                  const std::filesystem::path& file, std::span<std::uint8_t> planes) {
  const auto pixels = static_cast<std::size_t>(header.width * header.height);
  if (planes.size() != pixels * (colour ? 3 : 1) || (header.colour && !colour)) {
    throw Error(ErrorKind::data,
                fmt::format("the picture '{}' changed while it was read", file.string()));
  }
  std::vector<std::uint8_t> interleaved;
  std::span<std::uint8_t> target = planes;
  if (colour) {
    interleaved.resize(planes.size());
    target = interleaved;
  }
  if (header.format == ImageHeader::Format::png) {
    PngDecoder(bytes, file).decode(colour, target);
  } else {
    JpegDecoder(bytes, file).decode(colour, target);
  }
  if (colour) separate_planes(interleaved, planes);
}

}  // namespace nas
