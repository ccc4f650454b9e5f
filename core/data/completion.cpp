#include "core/data/completion.hpp"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/data/labelled_array.hpp"

namespace nas {
namespace {

// Hashes are taken of values as they lie in memory.
static_assert(std::endian::native == std::endian::little);

template <typename T>
std::string hash_text(const std::vector<T>& values) {
  return hash_bytes({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)})
      .text();
}

std::string part_text(const LabelledImages& part) {
  const auto values = std::visit([](const auto& list) { return hash_text(list); }, part.values);
  const Shape& shape = part.shape;
  return fmt::format("{} {}x{}x{}x{} {} {}", part.values.index() == 0 ? "bytes" : "floats",
                     part.count(), shape.channels, shape.height, shape.width, values,
                     hash_text(part.labels));
}

Hash content_hash(const Dataset& dataset) {
  return hash_bytes(fmt::format("classes {}\ntrain {}\ntest {}\n", dataset.classes,
                                part_text(dataset.train), part_text(dataset.test)));
}

std::string shape_text(const LabelledImages& part) {
  return fmt::format("{}x{}x{}", part.shape.channels, part.shape.height, part.shape.width);
}

void check_parts(const Dataset& dataset, const std::string& where) {
  for (const auto* part : {&dataset.train, &dataset.test}) {
    if (part->count() > 0) continue;
    throw Error(ErrorKind::data, fmt::format("the {} part of '{}' holds no images",
                                             part == &dataset.train ? "training" : "test", where));
  }
  if (dataset.train.shape != dataset.test.shape) {
    throw Error(ErrorKind::data,
                fmt::format("the training images of '{}' are '{}' but its test "
                            "images are '{}' (C x H x W); they must be equal",
                            where, shape_text(dataset.train), shape_text(dataset.test)));
  }
  if (dataset.train.values.index() != dataset.test.values.index()) {
    throw Error(ErrorKind::data,
                fmt::format("one part of '{}' holds bytes and the other floats; save both as one "
                            "type",
                            where));
  }
}

int count_classes(const Dataset& dataset) {
  return 1 +
         std::max(std::ranges::max(dataset.train.labels), std::ranges::max(dataset.test.labels));
}

void check_classes(const Dataset& dataset, const std::string& where) {
  if (dataset.classes < 2 || dataset.classes > most_classes) {
    throw Error(ErrorKind::data, fmt::format("the number of classes in '{}' is '{}'; there must be "
                                             "2 to {}",
                                             where, dataset.classes, most_classes));
  }
  std::vector<std::int64_t> counts(static_cast<std::size_t>(dataset.classes));
  for (const std::int32_t label : dataset.train.labels) ++counts[static_cast<std::size_t>(label)];
  const auto missing = std::ranges::find(counts, 0);
  if (missing != counts.end()) {
    throw Error(ErrorKind::data,
                fmt::format("no training image of '{}' has the label '{}'; labels must be "
                            "numbered from 0 to {} without gaps, each with a training image",
                            where, missing - counts.begin(), dataset.classes - 1));
  }
}

}  // namespace

void complete_dataset(Dataset& dataset) {
  const std::string where = dataset.location.string();
  check_parts(dataset, where);
  if (dataset.classes == 0) dataset.classes = count_classes(dataset);
  check_classes(dataset, where);
  dataset.hash = content_hash(dataset);
}

}  // namespace nas
