#include "core/data/formats.hpp"

#include <array>

namespace nas {
namespace {

constexpr std::array all_formats = {
    DatasetFormat{"idx", "train-images-idx3-ubyte[.gz] and so on", has_idx_files, read_idx},
    DatasetFormat{"cifar10", "data_batch_1.bin, test_batch.bin", has_cifar10_files, read_cifar10},
    DatasetFormat{"npy", "x_train.npy, y_train.npy, x_test.npy, y_test.npy", has_npy_files,
                  read_npy},
    DatasetFormat{"images",
                  "train/<class>/*.png and test/<class>/*.png (or .jpg), or <class>/*.png",
                  has_image_folders, read_image_folders},
};

}  // namespace

std::span<const DatasetFormat> dataset_formats() { return all_formats; }

std::vector<const DatasetFormat*> formats_in(const std::filesystem::path& folder) {
  std::vector<const DatasetFormat*> found;
  for (const DatasetFormat& format : all_formats) {
    const bool last_resort = format.recognises == has_image_folders;
    if (last_resort && !found.empty()) continue;
    if (format.recognises(folder)) found.push_back(&format);
  }
  return found;
}

}  // namespace nas
