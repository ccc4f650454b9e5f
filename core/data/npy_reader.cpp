#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/data/formats.hpp"
#include "core/data/labelled_array.hpp"
#include "core/data/npy_file.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

// Values are copied from the file as they are.
static_assert(std::endian::native == std::endian::little);

/// The spellings of one file's name.
using Spellings = std::array<const char*, 2>;
constexpr Spellings train_images_names = {"x_train.npy", "train_images.npy"};
constexpr Spellings train_labels_names = {"y_train.npy", "train_labels.npy"};
constexpr Spellings test_images_names = {"x_test.npy", "test_images.npy"};
constexpr Spellings test_labels_names = {"y_test.npy", "test_labels.npy"};

std::optional<fs::path> find_file(const fs::path& folder, const Spellings& spellings) {
  for (const char* name : spellings) {
    std::error_code none;
    if (fs::is_regular_file(folder / name, none)) return folder / name;
  }
  return std::nullopt;
}

fs::path require_file(const fs::path& folder, const Spellings& spellings) {
  if (const auto file = find_file(folder, spellings)) return *file;
  throw Error(ErrorKind::data,
              fmt::format("'{}' holds other '.npy' arrays but neither '{}' nor '{}'",
                          folder.string(), spellings[0], spellings[1]));
}

template <typename T>
std::vector<T> values_of(const NpyArray& array) {
  std::vector<T> values(array.bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), array.bytes.data(), array.bytes.size());
  return values;
}

template <typename T>
std::vector<float> finite_floats(const NpyArray& array, std::uint64_t image_size,
                                 const fs::path& file) {
  const std::vector<T> values = values_of<T>(array);
  std::vector<float> floats(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    floats[i] = static_cast<float>(values[i]);
    if (!std::isfinite(floats[i])) {
      throw Error(ErrorKind::data,
                  fmt::format("image {} of '{}' holds the value '{}'; values must be finite and "
                              "fit into 32-bit floats",
                              i / image_size, file.string(), values[i]));
    }
  }
  return floats;
}

LabelledImages read_images(const fs::path& file) {
  NpyArray array = read_npy_array(file, "uf");
  const ImageArray images = image_array(file, array.header.shape);
  const auto image_size = static_cast<std::uint64_t>(images.sample.elements());
  LabelledImages part;
  part.shape = images.sample;
  const std::string type = array.header.type();
  if (array.header.kind == 'u' && array.header.item_size == 1) {
    part.values = std::move(array.bytes);
  } else if (type == "<f4") {
    part.values = finite_floats<float>(array, image_size, file);
  } else if (type == "<f8") {
    part.values = finite_floats<double>(array, image_size, file);
  } else {
    throw Error(ErrorKind::data, fmt::format("'{}' has the type '{}'; images must be '|u1', '<f4' "
                                             "or '<f8': save x.astype(numpy.float32)",
                                             file.string(), type));
  }
  return part;
}

template <typename T>
std::vector<std::int64_t> widened(const NpyArray& array) {
  const std::vector<T> values = values_of<T>(array);
  // An unsigned value beyond the largest signed one turns negative: no class either way.
  return std::vector<std::int64_t>(values.begin(), values.end());
}

std::vector<std::int64_t> whole_numbers(const NpyArray& array, const fs::path& file) {
  const bool is_signed = array.header.kind == 'i';
  switch (array.header.item_size) {
    case 1:
      return is_signed ? widened<std::int8_t>(array) : widened<std::uint8_t>(array);
    case 2:
      return is_signed ? widened<std::int16_t>(array) : widened<std::uint16_t>(array);
    case 4:
      return is_signed ? widened<std::int32_t>(array) : widened<std::uint32_t>(array);
    case 8:
      return is_signed ? widened<std::int64_t>(array) : widened<std::uint64_t>(array);
    default:
      throw Error(ErrorKind::data,
                  fmt::format("'{}' has the type '{}'; labels must be whole numbers of 1, 2, 4 or "
                              "8 bytes",
                              file.string(), array.header.type()));
  }
}

std::vector<std::int32_t> read_npy_labels(const fs::path& file) {
  const NpyArray array = read_npy_array(file, "iu");
  const auto& shape = array.header.shape;
  const bool is_list = shape.size() == 1 || (shape.size() == 2 && shape[1] == 1);
  if (!is_list) {
    throw Error(ErrorKind::data,
                fmt::format("the labels in '{}' have the shape ({}); they must be a list of "
                            "classes: of one-hot labels save y.argmax(axis=1)",
                            file.string(), fmt::join(shape, ", ")));
  }
  return checked_labels(file, whole_numbers(array, file));
}

LabelledImages read_npy_part(const fs::path& images_file, const fs::path& labels_file) {
  LabelledImages part = read_images(images_file);
  part.labels = read_npy_labels(labels_file);
  const std::size_t values = std::visit([](const auto& list) { return list.size(); }, part.values);
  check_same_count(images_file, values / static_cast<std::size_t>(part.shape.elements()),
                   labels_file, part.labels.size());
  return part;
}

}  // namespace

bool has_npy_files(const fs::path& folder) {
  return find_file(folder, train_images_names) || find_file(folder, train_labels_names) ||
         find_file(folder, test_images_names) || find_file(folder, test_labels_names);
}

Dataset read_npy(const fs::path& folder) {
  const fs::path train_images = require_file(folder, train_images_names);
  const fs::path train_labels = require_file(folder, train_labels_names);
  const fs::path test_images = require_file(folder, test_images_names);
  const fs::path test_labels = require_file(folder, test_labels_names);
  Dataset dataset;
  dataset.train = read_npy_part(train_images, train_labels);
  dataset.test = read_npy_part(test_images, test_labels);
  return dataset;
}

}  // namespace nas
