#include "core/data/check.hpp"

#include <algorithm>
#include <map>
#include <span>

#include <fmt/format.h>

namespace nas {
namespace {

template <typename T>
std::span<const T> image(const std::vector<T>& values, std::int64_t elements, std::size_t index) {
  const auto size = static_cast<std::size_t>(elements);
  return std::span(values).subspan(index * size, size);
}

std::vector<Hash> image_hashes(const LabelledImages& images) {
  std::vector<Hash> hashes(images.count());
  std::visit(
      [&](const auto& values) {
        for (std::size_t i = 0; i < hashes.size(); ++i) {
          const auto pixels = image(values, images.shape.elements(), i);
          hashes[i] =
              hash_bytes({reinterpret_cast<const char*>(pixels.data()), pixels.size_bytes()});
        }
      },
      images.values);
  return hashes;
}

std::int64_t count_constant(const LabelledImages& images) {
  return std::visit(
      [&](const auto& values) {
        std::int64_t constant = 0;
        for (std::size_t i = 0; i < images.count(); ++i) {
          const auto pixels = image(values, images.shape.elements(), i);
          const auto [low, high] = std::ranges::minmax(pixels);
          if (low == high) ++constant;
        }
        return constant;
      },
      images.values);
}

std::int64_t count_repeated(std::vector<Hash> hashes) {
  std::ranges::sort(hashes);
  return std::distance(std::unique(hashes.begin(), hashes.end()), hashes.end());
}

std::int64_t count_shared(std::vector<Hash> train, const std::vector<Hash>& test) {
  std::ranges::sort(train);
  return std::ranges::count_if(
      test, [&](const Hash& hash) { return std::ranges::binary_search(train, hash); });
}

std::int64_t count_contradictory(const Dataset& dataset, const std::vector<Hash>& train,
                                 const std::vector<Hash>& test) {
  std::map<Hash, std::int32_t> first_label;
  std::int64_t contradictory = 0;
  const auto include = [&](const std::vector<Hash>& hashes, const LabelledImages& part) {
    for (std::size_t i = 0; i < hashes.size(); ++i) {
      const auto [entry, is_new] = first_label.emplace(hashes[i], part.labels[i]);
      if (!is_new && entry->second != part.labels[i]) ++contradictory;
    }
  };
  include(train, dataset.train);
  include(test, dataset.test);
  return contradictory;
}

std::vector<int> empty_classes(const PartSummary& part) {
  std::vector<int> classes;
  for (std::size_t c = 0; c < part.per_class.size(); ++c) {
    if (part.per_class[c] == 0) classes.push_back(static_cast<int>(c));
  }
  return classes;
}

std::vector<std::string> warnings_of(const DatasetFindings& found) {
  std::vector<std::string> warnings;
  const auto warn = [&](std::int64_t count, const char* what) {
    if (count > 0) warnings.push_back(fmt::format("{} {}", count, what));
  };
  warn(found.constant_train_images, "training image(s) have the same value in every pixel");
  warn(found.constant_test_images, "test image(s) have the same value in every pixel");
  warn(found.repeated_train_images, "training image(s) repeat an earlier training image");
  warn(found.repeated_test_images, "test image(s) repeat an earlier test image");
  warn(found.shared_images, "test image(s) are training images too: test accuracy flatters");
  warn(found.contradictory_labels, "image(s) repeat an earlier one under another label");
  if (!found.classes_missing_in_test.empty()) {
    warnings.push_back(fmt::format("no test image has the class(es) {}",
                                   fmt::join(found.classes_missing_in_test, ", ")));
  }
  return warnings;
}

}  // namespace

PartSummary summarise_part(const LabelledImages& images, int classes) {
  PartSummary summary;
  summary.count = static_cast<std::int64_t>(images.count());
  summary.per_class.resize(static_cast<std::size_t>(classes));
  for (const std::int32_t label : images.labels) {
    ++summary.per_class[static_cast<std::size_t>(label)];
  }
  std::visit(
      [&](const auto& values) {
        const auto [low, high] = std::ranges::minmax(values);
        summary.minimum = static_cast<double>(low);
        summary.maximum = static_cast<double>(high);
      },
      images.values);
  return summary;
}

DatasetFindings check_dataset(const Dataset& dataset) {
  const std::vector<Hash> train = image_hashes(dataset.train);
  const std::vector<Hash> test = image_hashes(dataset.test);
  DatasetFindings found;
  found.train = summarise_part(dataset.train, dataset.classes);
  found.test = summarise_part(dataset.test, dataset.classes);
  found.constant_train_images = count_constant(dataset.train);
  found.constant_test_images = count_constant(dataset.test);
  found.repeated_train_images = count_repeated(train);
  found.repeated_test_images = count_repeated(test);
  found.shared_images = count_shared(train, test);
  found.contradictory_labels = count_contradictory(dataset, train, test);
  found.classes_missing_in_test = empty_classes(found.test);
  found.warnings = warnings_of(found);
  return found;
}

}  // namespace nas
