#include <algorithm>
#include <array>
#include <sstream>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/data/byte_source.hpp"
#include "core/data/formats.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

constexpr int class_count = 10;
constexpr Shape image_shape{3, 32, 32};
constexpr std::size_t pixel_bytes = std::size_t{3} * 32 * 32;
constexpr std::size_t record_bytes = 1 + pixel_bytes;  // label, then red, green and blue planes

constexpr const char* test_file_name = "test_batch.bin";
constexpr const char* names_file_name = "batches.meta.txt";

bool is_file(const fs::path& path) {
  std::error_code none;
  return fs::is_regular_file(path, none);
}

std::vector<fs::path> train_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (int number = 1; number <= 5; ++number) {
    const fs::path file = folder / fmt::format("data_batch_{}.bin", number);
    if (is_file(file)) files.push_back(file);
  }
  return files;
}

void check_size(const fs::path& file, std::size_t bytes) {
  if (bytes == 0) {
    throw Error(ErrorKind::data, fmt::format("'{}' is empty and holds no images", file.string()));
  }
  if (bytes % record_bytes == 0) return;
  throw Error(
      ErrorKind::data,
      fmt::format("'{}' is truncated, or no CIFAR-10 file: its {} bytes are not a multiple of the "
                  "{} that an image with its label takes ({} images and {} bytes)",
                  file.string(), bytes, record_bytes, bytes / record_bytes, bytes % record_bytes));
}

void append_records(const fs::path& file, std::vector<std::uint8_t>& pixels,
                    std::vector<std::int32_t>& labels) {
  const std::vector<std::uint8_t> bytes = ByteSource(file).read_rest();
  check_size(file, bytes.size());
  pixels.reserve(pixels.size() + bytes.size());
  for (std::size_t start = 0; start < bytes.size(); start += record_bytes) {
    const std::uint8_t label = bytes[start];
    if (label >= class_count) {
      throw Error(ErrorKind::data,
                  fmt::format("image {} of '{}' has the label '{}'; CIFAR-10's are 0 to {}",
                              start / record_bytes, file.string(), label, class_count - 1));
    }
    labels.push_back(label);
    const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(start) + 1;
    pixels.insert(pixels.end(), first, first + pixel_bytes);
  }
}

LabelledImages read_cifar_part(const std::vector<fs::path>& files) {
  std::vector<std::uint8_t> pixels;
  LabelledImages part;
  part.shape = image_shape;
  for (const fs::path& file : files) append_records(file, pixels, part.labels);
  part.values = std::move(pixels);
  return part;
}

/// One name a line.
std::vector<std::string> read_class_names(const fs::path& file) {
  if (!is_file(file)) return {};
  const std::vector<std::uint8_t> bytes = ByteSource(file).read_rest();
  std::istringstream lines(std::string(bytes.begin(), bytes.end()));
  std::vector<std::string> names;
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) names.push_back(line);
  }
  if (names.size() != class_count) {
    throw Error(ErrorKind::data,
                fmt::format("'{}' holds {} class names; CIFAR-10 has {}: mend or remove the file",
                            file.string(), names.size(), class_count));
  }
  return names;
}

}  // namespace

bool has_cifar10_files(const fs::path& folder) {
  return !train_files(folder).empty() || is_file(folder / test_file_name);
}

Dataset read_cifar10(const fs::path& folder) {
  const std::vector<fs::path> train = train_files(folder);
  if (train.empty()) {
    throw Error(ErrorKind::data,
                fmt::format("'{}' holds '{}' but none of 'data_batch_1.bin' to 'data_batch_5.bin'",
                            folder.string(), test_file_name));
  }
  if (!is_file(folder / test_file_name)) {
    throw Error(ErrorKind::data, fmt::format("'{}' holds '{}' but no '{}'", folder.string(),
                                             train.front().filename().string(), test_file_name));
  }
  Dataset dataset;
  dataset.classes = class_count;
  dataset.class_names = read_class_names(folder / names_file_name);
  dataset.train = read_cifar_part(train);
  dataset.test = read_cifar_part({folder / test_file_name});
  return dataset;
}

}  // namespace nas
