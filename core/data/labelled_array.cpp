#include "core/data/labelled_array.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {
namespace {

std::string dimensions_text(std::span<const std::uint64_t> dimensions) {
  return fmt::format("{}", fmt::join(dimensions, "x"));
}

bool few_channels(std::uint64_t count) { return count == 1 || count == 3 || count == 4; }

bool looks_channel_last(std::span<const std::uint64_t> dimensions) {
  return dimensions.size() == 4 && few_channels(dimensions[3]) && dimensions[1] > 4 &&
         dimensions[2] > 4;
}

void check_dimensions(const std::filesystem::path& file,
                      std::span<const std::uint64_t> dimensions) {
  const std::string text = dimensions_text(dimensions);
  if (dimensions.size() != 3 && dimensions.size() != 4) {
    throw Error(ErrorKind::data,
                fmt::format("the images in '{}' have {} dimensions ('{}'); they must have three "
                            "(N x H x W) or four (N x C x H x W): reshape them",
                            file.string(), dimensions.size(), text));
  }
  if (dimensions[0] == 0) {
    throw Error(ErrorKind::data, fmt::format("'{}' holds no images ('{}')", file.string(), text));
  }
  if (std::ranges::count(dimensions, 0u) > 0) {
    throw Error(ErrorKind::data,
                fmt::format("the images in '{}' are empty ('{}')", file.string(), text));
  }
  if (looks_channel_last(dimensions)) {
    throw Error(
        ErrorKind::data,
        fmt::format("the images in '{}' look channel-last ('{}'); they must be N x C x H x W: save "
                    "numpy.ascontiguousarray(x.transpose(0, 3, 1, 2)), or, if {} really is the "
                    "width, reshape or pad them to another width",
                    file.string(), text, dimensions[3]));
  }
}

}  // namespace

std::string ImageArray::text() const {
  return fmt::format("{} images of {}x{}x{}", count, sample.channels, sample.height, sample.width);
}

ImageArray image_array(const std::filesystem::path& file,
                       std::span<const std::uint64_t> dimensions) {
  check_dimensions(file, dimensions);
  if (dimensions[0] > most_samples || byte_count(dimensions.subspan(1), 1) > most_samples) {
    throw Error(
        ErrorKind::data,
        fmt::format("'{}' announces {} values; at most {} images of at most {} values each "
                    "can be read",
                    file.string(), dimensions_text(dimensions), most_samples, most_samples));
  }
  const std::size_t spatial = dimensions.size() - 2;
  ImageArray array;
  array.count = dimensions[0];
  array.sample.channels = spatial == 2 ? static_cast<std::int64_t>(dimensions[1]) : 1;
  array.sample.height = static_cast<std::int64_t>(dimensions[spatial]);
  array.sample.width = static_cast<std::int64_t>(dimensions[spatial + 1]);
  return array;
}

std::uint64_t byte_count(std::span<const std::uint64_t> dimensions, std::uint64_t element_size) {
  if (std::ranges::count(dimensions, 0u) > 0) return 0;
  std::uint64_t bytes = element_size;
  for (const std::uint64_t dimension : dimensions) {
    if (bytes > std::numeric_limits<std::uint64_t>::max() / dimension) {
      return std::numeric_limits<std::uint64_t>::max();
    }
    bytes *= dimension;
  }
  return bytes;
}

std::vector<std::int32_t> checked_labels(const std::filesystem::path& file,
                                         std::span<const std::int64_t> labels) {
  std::vector<std::int32_t> checked;
  checked.reserve(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 0 || labels[i] >= most_classes) {
      throw Error(ErrorKind::data,
                  fmt::format("label {} of '{}' is '{}'; labels must be classes from 0 to {}", i,
                              file.string(), labels[i], most_classes - 1));
    }
    checked.push_back(static_cast<std::int32_t>(labels[i]));
  }
  return checked;
}

void check_same_count(const std::filesystem::path& images_file, std::uint64_t images,
                      const std::filesystem::path& labels_file, std::uint64_t labels) {
  if (images == labels) return;
  throw Error(ErrorKind::data,
              fmt::format("'{}' holds {} images but '{}' holds {} labels; there must be one label "
                          "per image",
                          images_file.string(), images, labels_file.string(), labels));
}

}  // namespace nas
