#include "core/data/check.hpp"

#include <catch2/catch.hpp>

#include "tests/data/sample_files.hpp"

namespace nas::test {
namespace {

/// Images of 1x1x2: two of class 0, two of class 1, and one test image each, all different.
Dataset sound_dataset() {
  Dataset dataset;
  dataset.classes = 2;
  dataset.train = {{1, 1, 2}, std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6, 7, 8}, {0, 0, 1, 1}};
  dataset.test = {{1, 1, 2}, std::vector<std::uint8_t>{10, 20, 30, 0}, {0, 1}};
  return dataset;
}

using Warnings = std::vector<std::string>;

}  // namespace

TEST_CASE("a sound dataset has its counts and no warnings") {
  const DatasetFindings found = check_dataset(sound_dataset());
  CHECK(found.train.count == 4);
  CHECK(found.train.per_class == std::vector<std::int64_t>{2, 2});
  CHECK(found.train.minimum == 1);
  CHECK(found.train.maximum == 8);
  CHECK(found.test.count == 2);
  CHECK(found.test.per_class == std::vector<std::int64_t>{1, 1});
  CHECK(found.test.minimum == 0);
  CHECK(found.test.maximum == 30);
  CHECK(found.warnings.empty());
}

TEST_CASE("images of one value are counted") {
  Dataset dataset = sound_dataset();
  dataset.train.values = std::vector<std::uint8_t>{1, 1, 3, 4, 6, 6, 7, 8};
  dataset.test.values = std::vector<std::uint8_t>{0, 0, 30, 1};
  const DatasetFindings found = check_dataset(dataset);
  CHECK(found.constant_train_images == 2);
  CHECK(found.constant_test_images == 1);
  CHECK(found.warnings == Warnings{"2 training image(s) have the same value in every pixel",
                                   "1 test image(s) have the same value in every pixel"});
}

TEST_CASE("repeated images are counted within each part") {
  Dataset dataset = sound_dataset();
  dataset.train.values = std::vector<std::uint8_t>{1, 2, 1, 2, 5, 6, 7, 8};
  dataset.test = {{1, 1, 2}, std::vector<std::uint8_t>{9, 8, 9, 8, 9, 8, 3, 1}, {0, 0, 0, 1}};
  const DatasetFindings found = check_dataset(dataset);
  CHECK(found.repeated_train_images == 1);
  CHECK(found.repeated_test_images == 2);
  CHECK(found.contradictory_labels == 0);
  CHECK(found.warnings == Warnings{"1 training image(s) repeat an earlier training image",
                                   "2 test image(s) repeat an earlier test image"});
}

TEST_CASE("test images that are training images are counted") {
  Dataset dataset = sound_dataset();
  dataset.test.values = std::vector<std::uint8_t>{3, 4, 30, 40};
  const DatasetFindings found = check_dataset(dataset);
  CHECK(found.shared_images == 1);
  CHECK(found.warnings ==
        Warnings{"1 test image(s) are training images too: test accuracy flatters"});
}

TEST_CASE("one image under two labels is a contradiction") {
  Dataset dataset = sound_dataset();
  dataset.train.values = std::vector<std::uint8_t>{1, 2, 3, 4, 1, 2, 7, 8};
  const DatasetFindings found = check_dataset(dataset);
  CHECK(found.contradictory_labels == 1);
  CHECK(found.warnings == Warnings{"1 training image(s) repeat an earlier training image",
                                   "1 image(s) repeat an earlier one under another label"});
}

TEST_CASE("classes without a test image are named") {
  Dataset dataset = sound_dataset();
  dataset.classes = 4;
  dataset.train.labels = {0, 1, 2, 3};
  const DatasetFindings found = check_dataset(dataset);
  CHECK(found.classes_missing_in_test == std::vector<int>{2, 3});
  CHECK(found.warnings == Warnings{"no test image has the class(es) 2, 3"});
}

TEST_CASE("floats are checked as bytes are") {
  Dataset dataset = sound_dataset();
  dataset.train.values = std::vector<float>{-1.5f, 2, 0, 0, 5, 6, -1.5f, 2};
  dataset.test.values = std::vector<float>{5, 6, 1, 2};
  const DatasetFindings found = check_dataset(dataset);
  CHECK(found.train.minimum == -1.5);
  CHECK(found.train.maximum == 6);
  CHECK(found.constant_train_images == 1);
  CHECK(found.repeated_train_images == 1);
  CHECK(found.shared_images == 1);
}

}  // namespace nas::test
