/// What a dataset holds, and what about it looks wrong: for `nas data info` and `nas data check`.
///
/// A file that cannot be read whole is an error of `load_dataset` already; what is found here may
/// be meant, so it is reported and not thrown.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/data/dataset.hpp"

namespace nas {

struct PartSummary {
  std::int64_t count = 0;
  std::vector<std::int64_t> per_class;  ///< number of samples of each class
  double minimum = 0;                   ///< over all values
  double maximum = 0;
};
PartSummary summarise_part(const LabelledImages& images, int classes);

struct DatasetFindings {
  PartSummary train;
  PartSummary test;
  std::int64_t constant_train_images = 0;  ///< images in which all values are equal
  std::int64_t constant_test_images = 0;
  std::int64_t repeated_train_images = 0;  ///< equal to an earlier image of the same part
  std::int64_t repeated_test_images = 0;
  std::int64_t shared_images = 0;  ///< test images that equal a training image
  /// Images, over both parts, that equal an earlier one but have another label.
  std::int64_t contradictory_labels = 0;
  std::vector<int> classes_missing_in_test;
  /// One sentence for each of these that is not as it should be, empty for a sound dataset.
  std::vector<std::string> warnings;
};
DatasetFindings check_dataset(const Dataset& dataset);

}  // namespace nas
