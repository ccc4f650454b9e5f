/// What the readers of arrays (IDX, `.npy`) check in common.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/architecture/shape.hpp"
#include "core/data/dataset.hpp"

namespace nas {

/// More classes than this are taken for a mistake (labels that are no classes).
constexpr std::int64_t most_classes = 10'000;
/// More samples than this cannot be numbered.
constexpr std::uint64_t most_samples = 0x7fffffff;

/// An array of `count` samples.
struct ImageArray {
  std::uint64_t count = 0;
  Shape sample;

  /// "60000 images of 1x28x28".
  std::string text() const;
};

/// Dimensions N x H x W (one channel) or N x C x H x W. Throws Error(data) on any other number of
/// dimensions, on a dimension of zero, on more than the program can number, and on what looks like
/// N x H x W x C.
ImageArray image_array(const std::filesystem::path& file,
                       std::span<const std::uint64_t> dimensions);

/// The size of an array in elements of `element_size` bytes; the largest number where it overflows,
/// which no file holds.
std::uint64_t byte_count(std::span<const std::uint64_t> dimensions, std::uint64_t element_size);

/// Throws Error(data) on a label outside of 0 … most_classes - 1.
std::vector<std::int32_t> checked_labels(const std::filesystem::path& file,
                                         std::span<const std::int64_t> labels);

/// Throws Error(data) where a file of images and its file of labels do not hold equally many.
void check_same_count(const std::filesystem::path& images_file, std::uint64_t images,
                      const std::filesystem::path& labels_file, std::uint64_t labels);

}  // namespace nas
