/// Labelled images in memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/architecture/shape.hpp"
#include "core/base/hash.hpp"

namespace nas {

/// N samples of one shape with a class each. Values are bytes (0 … 255, as images come) or floats
/// (as `.npy` arrays may come), N x C x H x W.
struct LabelledImages {
  Shape shape;
  std::variant<std::vector<std::uint8_t>, std::vector<float>> values;
  std::vector<std::int32_t> labels;

  std::size_t count() const { return labels.size(); }
};

struct Dataset {
  std::string name;    ///< "fashion-mnist", or the folder's name
  std::string format;  ///< "idx", "cifar10", "images", "npy"
  std::filesystem::path location;
  int classes = 0;
  std::vector<std::string> class_names;  ///< may be empty
  LabelledImages train;
  LabelledImages test;  ///< read at the end only
  /// Of the content: types, shapes, values, labels and the number of classes. The same images hash
  /// alike from whatever folder and format they come.
  Hash hash;

  Task task() const { return {train.shape, classes}; }
};

/// Reads a dataset by name ("fashion-mnist"; looked for in the folders of NAS_DATA_PATH, separated
/// by colons, then in /usr/share/datasets) or by folder, whose format is found out from the files
/// in it. A name wins over a folder of the working directory; "./name" means the folder. Throws
/// Error(data) that names the file, what is wrong and what was expected.
std::shared_ptr<const Dataset> load_dataset(const std::string& name_or_folder);

/// What `nas data list` shows: a dataset known by name, with where it is, if it is here.
struct KnownDataset {
  std::string name;
  std::string description;
  std::filesystem::path location;  ///< empty where it is not installed
  std::string hint;                ///< how to get it
  std::optional<Task> task;        ///< where it is known without reading the files
};
std::vector<KnownDataset> known_datasets();

}  // namespace nas
