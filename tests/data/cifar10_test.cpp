#include <catch2/catch.hpp>

#include "core/data/dataset.hpp"
#include "tests/base/rejection.hpp"
#include "tests/data/sample_files.hpp"

namespace nas::test {
namespace {

using Catch::Matchers::Contains;

/// One image of each class, whose values tell the class and the channel.
std::string ten_records(int first_value = 0) {
  std::string records;
  for (int c = 0; c < 10; ++c) {
    records += cifar10_record(c, first_value + c, 100 + c, 200 + c);
  }
  return records;
}

std::string load_rejection(const TemporaryDirectory& directory) {
  return rejection(ErrorKind::data, [&] { load_dataset(directory.path().string()); });
}

}  // namespace

TEST_CASE("CIFAR-10 batches are read in the order of their numbers, whichever there are") {
  const TemporaryDirectory directory;
  directory.write("data_batch_5.bin", cifar10_record(7, 1, 2, 3));
  directory.write("data_batch_2.bin", ten_records());
  directory.write("test_batch.bin", ten_records(50));
  const auto dataset = load_dataset(directory.path().string());
  CHECK(dataset->format == "cifar10");
  CHECK(dataset->classes == 10);
  CHECK(dataset->class_names.empty());
  CHECK(dataset->train.shape == Shape{3, 32, 32});
  CHECK(dataset->train.labels == std::vector<std::int32_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 7});
  CHECK(dataset->test.count() == 10);
  const auto& values = bytes(dataset->train);
  REQUIRE(values.size() == 11 * 3072);
  CHECK(values[4 * 3072] == 4);
  CHECK(values[4 * 3072 + 1024] == 104);
  CHECK(values[4 * 3072 + 2048] == 204);
  CHECK(values[10 * 3072] == 1);
  CHECK(values.back() == 3);
  CHECK(bytes(dataset->test).front() == 50);
}

TEST_CASE("CIFAR-10's class names come from batches.meta.txt") {
  const TemporaryDirectory directory;
  directory.write("data_batch_1.bin", ten_records());
  directory.write("test_batch.bin", ten_records());
  SECTION("ten names") {
    directory.write("batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\r\ntruck\n\n");
    const auto names = load_dataset(directory.path().string())->class_names;
    CHECK(names == std::vector<std::string>{"a", "b", "c", "d", "e", "f", "g", "h", "i", "truck"});
  }
  SECTION("another number") {
    directory.write("batches.meta.txt", "a\nb\n");
    CHECK_THAT(load_rejection(directory),
               Contains("batches.meta.txt' holds 2 class names; CIFAR-10 has 10"));
  }
}

TEST_CASE("a truncated CIFAR-10 file says how many bytes are left over") {
  const TemporaryDirectory directory;
  directory.write("data_batch_1.bin", ten_records().substr(0, 30'000));
  directory.write("test_batch.bin", ten_records());
  CHECK_THAT(load_rejection(directory),
             Contains("data_batch_1.bin' is truncated") &&
                 Contains("30000 bytes are not a multiple of the 3073") &&
                 Contains("9 images and 2343 bytes"));
}

TEST_CASE("an empty CIFAR-10 file is rejected") {
  const TemporaryDirectory directory;
  directory.write("data_batch_1.bin", ten_records());
  directory.write("test_batch.bin", "");
  CHECK_THAT(load_rejection(directory), Contains("test_batch.bin' is empty"));
}

TEST_CASE("a CIFAR-10 label that is no class is rejected") {
  const TemporaryDirectory directory;
  directory.write("data_batch_1.bin", ten_records() + cifar10_record(10, 0, 0, 0));
  directory.write("test_batch.bin", ten_records());
  CHECK_THAT(load_rejection(directory),
             Contains("image 10 of") && Contains("data_batch_1.bin' has the label '10'"));
}

TEST_CASE("CIFAR-10 without training or test batches is rejected") {
  const TemporaryDirectory directory;
  SECTION("no test batch") {
    directory.write("data_batch_3.bin", ten_records());
    CHECK_THAT(load_rejection(directory),
               Contains("holds 'data_batch_3.bin' but no 'test_batch.bin'"));
  }
  SECTION("no training batch") {
    directory.write("test_batch.bin", ten_records());
    CHECK_THAT(load_rejection(directory),
               Contains("holds 'test_batch.bin' but none of 'data_batch_1.bin'"));
  }
}

}  // namespace nas::test
