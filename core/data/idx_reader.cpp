#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/data/byte_source.hpp"
#include "core/data/formats.hpp"
#include "core/data/labelled_array.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

constexpr std::uint8_t unsigned_byte_type = 0x08;  // the third byte of the magic number

std::optional<fs::path> find_file(const fs::path& folder, const std::vector<std::string>& stems,
                                  const std::vector<std::string>& types) {
  for (const std::string& stem : stems) {
    for (const std::string& type : types) {
      for (const char* pattern :
           {"{}-{}-ubyte", "{}-{}-ubyte.gz", "{}.{}-ubyte", "{}.{}-ubyte.gz"}) {
        const fs::path file = folder / fmt::format(fmt::runtime(pattern), stem, type);
        std::error_code none;
        if (fs::is_regular_file(file, none)) return file;
      }
    }
  }
  return std::nullopt;
}

std::optional<fs::path> train_images(const fs::path& folder) {
  return find_file(folder, {"train-images"}, {"idx3", "idx4"});
}
std::optional<fs::path> train_labels(const fs::path& folder) {
  return find_file(folder, {"train-labels"}, {"idx1"});
}
std::optional<fs::path> test_images(const fs::path& folder) {
  return find_file(folder, {"t10k-images", "test-images"}, {"idx3", "idx4"});
}
std::optional<fs::path> test_labels(const fs::path& folder) {
  return find_file(folder, {"t10k-labels", "test-labels"}, {"idx1"});
}

fs::path required(const std::optional<fs::path>& file, const fs::path& folder, const char* name) {
  if (file) return *file;
  throw Error(ErrorKind::data,
              fmt::format("'{}' holds other IDX files but neither '{}' nor '{}.gz'",
                          folder.string(), name, name));
}

std::uint64_t big_endian(const std::uint8_t* bytes) {
  return (std::uint64_t{bytes[0]} << 24) | (std::uint64_t{bytes[1]} << 16) |
         (std::uint64_t{bytes[2]} << 8) | std::uint64_t{bytes[3]};
}

/// Reads the magic number and the sizes.
std::vector<std::uint64_t> read_header(ByteSource& source, int fewest, int most) {
  const auto magic = source.read_exactly(4, "an IDX magic number");
  if (magic[0] != 0 || magic[1] != 0) {
    throw Error(ErrorKind::data, fmt::format("'{}' is not an IDX file: it begins with {:02x} "
                                             "instead of two zero bytes",
                                             source.file().string(), fmt::join(magic, " ")));
  }
  if (magic[2] != unsigned_byte_type) {
    throw Error(ErrorKind::data, fmt::format("'{}' holds IDX values of type '0x{:02x}'; only "
                                             "unsigned bytes ('0x08') are read",
                                             source.file().string(), magic[2]));
  }
  if (magic[3] < fewest || magic[3] > most) {
    throw Error(ErrorKind::data,
                fmt::format("'{}' has '{}' dimensions; {} expected", source.file().string(),
                            magic[3], most == 1 ? "1 (labels)" : "3 or 4 (images)"));
  }
  const auto bytes =
      source.read_exactly(std::uint64_t{4} * magic[3], "the sizes of the dimensions");
  std::vector<std::uint64_t> dimensions;
  for (std::size_t i = 0; i < bytes.size(); i += 4) dimensions.push_back(big_endian(&bytes[i]));
  return dimensions;
}

std::vector<std::int32_t> read_idx_labels(const fs::path& file) {
  ByteSource source(file);
  const auto dimensions = read_header(source, 1, 1);
  const auto bytes = source.read_exactly(dimensions[0], fmt::format("{} labels", dimensions[0]));
  source.expect_end();
  return checked_labels(file, std::vector<std::int64_t>(bytes.begin(), bytes.end()));
}

LabelledImages read_idx_part(const fs::path& images_file, const fs::path& labels_file) {
  ByteSource source(images_file);
  const auto dimensions = read_header(source, 3, 4);
  const ImageArray array = image_array(images_file, dimensions);
  LabelledImages part;
  part.shape = array.sample;
  part.values = source.read_exactly(byte_count(dimensions, 1), array.text());
  source.expect_end();
  part.labels = read_idx_labels(labels_file);
  check_same_count(images_file, array.count, labels_file, part.labels.size());
  return part;
}

}  // namespace

bool has_idx_files(const fs::path& folder) {
  return train_images(folder) || train_labels(folder) || test_images(folder) || test_labels(folder);
}

Dataset read_idx(const fs::path& folder) {
  const fs::path train_x = required(train_images(folder), folder, "train-images-idx3-ubyte");
  const fs::path train_y = required(train_labels(folder), folder, "train-labels-idx1-ubyte");
  const fs::path test_x = required(test_images(folder), folder, "t10k-images-idx3-ubyte");
  const fs::path test_y = required(test_labels(folder), folder, "t10k-labels-idx1-ubyte");
  Dataset dataset;
  dataset.train = read_idx_part(train_x, train_y);
  dataset.test = read_idx_part(test_x, test_y);
  return dataset;
}

}  // namespace nas
