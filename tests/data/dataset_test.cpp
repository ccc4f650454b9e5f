#include "core/data/dataset.hpp"

#include <algorithm>
#include <stdlib.h>

#include <catch2/catch.hpp>

#include "core/data/completion.hpp"
#include "tests/base/rejection.hpp"
#include "tests/data/sample_files.hpp"

namespace nas::test {
namespace {

using Catch::Matchers::Contains;
namespace fs = std::filesystem;

/// Sets NAS_DATA_PATH for the length of a test.
class DataPath {
 public:
  explicit DataPath(const std::string& value) {
    if (const char* old = getenv("NAS_DATA_PATH")) old_ = old;
    setenv("NAS_DATA_PATH", value.c_str(), 1);
  }
  ~DataPath() {
    old_.empty() ? unsetenv("NAS_DATA_PATH") : setenv("NAS_DATA_PATH", old_.c_str(), 1);
  }
  DataPath(const DataPath&) = delete;
  DataPath& operator=(const DataPath&) = delete;

 private:
  std::string old_;
};

std::string load_rejection(const std::string& name) {
  return rejection(ErrorKind::data, [&] { load_dataset(name); });
}

}  // namespace

TEST_CASE("a name is looked for in the folders of NAS_DATA_PATH, first come first served") {
  const TemporaryDirectory directory;
  write_small_idx(directory, "one/mine", 4);
  write_small_idx(directory, "two/mine", 6);
  write_small_idx(directory, "two/other", 8);
  const std::string root = directory.path().string();
  const DataPath path(root + "/none:" + root + "/one::" + root + "/two");
  CHECK(load_dataset("mine")->train.count() == 4);
  CHECK(load_dataset("mine")->location == fs::path(root) / "one/mine");
  CHECK(load_dataset("other")->train.count() == 8);
  CHECK(load_dataset("other")->name == "other");
}

TEST_CASE("a path is taken as it is, however it is spelled") {
  const TemporaryDirectory directory;
  write_small_idx(directory, "mine");
  for (const char* ending : {"/mine", "/mine/", "/./mine/../mine", "/mine/."}) {
    const auto dataset = load_dataset(directory.path().string() + ending);
    CHECK(dataset->name == "mine");
    CHECK(dataset->location == directory.path() / "mine");
  }
}

TEST_CASE("Fashion-MNIST in NAS_DATA_PATH gets its class names if it has ten classes") {
  const TemporaryDirectory directory;
  const DataPath path(directory.path().string());
  write_small_idx(directory, "fashion-mnist");
  CHECK(load_dataset("fashion-mnist")->class_names.empty());
  directory.write("fashion-mnist/train-labels-idx1-ubyte", idx_file({10}, counting_bytes(10)));
  directory.write("fashion-mnist/train-images-idx3-ubyte",
                  idx_file({10, 2, 2}, counting_bytes(40)));
  const auto names = load_dataset("fashion-mnist")->class_names;
  REQUIRE(names.size() == 10);
  CHECK(names.front() == "T-shirt/top");
  CHECK(names.back() == "Ankle boot");
}

TEST_CASE("an unknown name is rejected with the nearest one, those known, and the use of paths") {
  const DataPath path("");
  CHECK_THAT(load_rejection("fashion-mnits"), Contains("'fashion-mnits'") &&
                                                  Contains("did you mean 'fashion-mnist'?") &&
                                                  Contains("cifar10") && Contains("'./photos'"));
  CHECK_THAT(load_rejection(""), Contains("is called ''"));
}

TEST_CASE("a known dataset that is not installed says where it was looked for and how to get it") {
  const TemporaryDirectory directory;
  const DataPath path(directory.path().string());
  CHECK_THAT(load_rejection("cifar10"), Contains("'cifar10' is not installed") &&
                                            Contains(directory.path().string() + ", /usr") &&
                                            Contains("cifar-10-binary.tar.gz"));
}

TEST_CASE("a path that is no folder is rejected") {
  const TemporaryDirectory directory;
  CHECK_THAT(load_rejection(directory.path().string() + "/nothing"),
             Contains("there is no folder '") && Contains("/nothing'"));
  const auto file = directory.write("file.npy", "");
  CHECK_THAT(load_rejection(file.string()), Contains("file.npy' is a file; give the folder"));
}

TEST_CASE("a folder without a dataset is rejected with the formats that are read") {
  const TemporaryDirectory directory;
  SECTION("empty") {
    CHECK_THAT(load_rejection(directory.path().string()), Contains("nothing is in the folder '"));
  }
  SECTION("other files") {
    directory.write("readme.txt", "");
    directory.write("folder/readme.txt", "");
    CHECK_THAT(load_rejection(directory.path().string()),
               Contains("no dataset's files are in the folder '") &&
                   Contains("train-images-idx3") && Contains("data_batch_1.bin") &&
                   Contains("x_train.npy") && Contains("train/<class>/*.png"));
  }
}

TEST_CASE("a folder with files of two formats is rejected") {
  const TemporaryDirectory directory;
  write_small_idx(directory, "mixed");
  directory.write("mixed/x_train.npy", "");
  CHECK_THAT(load_rejection((directory.path() / "mixed").string()),
             Contains("files of two formats, 'idx' and 'npy'"));
}

TEST_CASE("pictures beside the files of another format are passed over") {
  const TemporaryDirectory directory;
  write_small_idx(directory, "set");
  directory.write("set/examples/shirt.png", "");
  CHECK(load_dataset((directory.path() / "set").string())->format == "idx");
}

TEST_CASE("parts that do not fit together are rejected") {
  const TemporaryDirectory directory;
  write_small_idx(directory, "set");
  const std::string folder = (directory.path() / "set").string();
  SECTION("shapes") {
    directory.write("set/t10k-images-idx3-ubyte", idx_file({2, 2, 3}, counting_bytes(12)));
    CHECK_THAT(load_rejection(folder),
               Contains("training images of '" + folder + "' are '1x2x2'") &&
                   Contains("test images are '1x2x3'"));
  }
  SECTION("a class that is never trained") {
    directory.write("set/train-labels-idx1-ubyte", idx_file({4}, bytes_of({0, 0, 2, 2})));
    CHECK_THAT(load_rejection(folder), Contains("no training image") &&
                                           Contains("has the label '1'") && Contains("0 to 2"));
  }
  SECTION("a class that is only tested") {
    directory.write("set/t10k-labels-idx1-ubyte", idx_file({2}, bytes_of({0, 2})));
    CHECK_THAT(load_rejection(folder), Contains("has the label '2'"));
  }
  SECTION("one class") {
    directory.write("set/train-labels-idx1-ubyte", idx_file({4}, bytes_of({0, 0, 0, 0})));
    directory.write("set/t10k-labels-idx1-ubyte", idx_file({2}, bytes_of({0, 0})));
    CHECK_THAT(load_rejection(folder),
               Contains("number of classes in '" + folder + "' is '1'; there must be 2"));
  }
}

TEST_CASE("more classes than are believed are rejected") {
  const auto dataset = dataset_of_labels({0, 1}, 2);
  dataset->classes = 10'001;
  const std::string message = rejection(ErrorKind::data, [&] { complete_dataset(*dataset); });
  CHECK_THAT(message, Contains("is '10001'; there must be 2 to 10000"));
}

TEST_CASE("a part without images is rejected by its name") {
  const auto dataset = dataset_of_labels({0, 1}, 2);
  const auto [part, name] = GENERATE(table<LabelledImages Dataset::*, std::string>(
      {{&Dataset::train, "the training part"}, {&Dataset::test, "the test part"}}));
  ((*dataset).*part).labels.clear();
  const std::string message = rejection(ErrorKind::data, [&] { complete_dataset(*dataset); });
  CHECK_THAT(message, Contains(name + " of '") && Contains("holds no images"));
}

TEST_CASE("bytes in one part and floats in the other are rejected") {
  const TemporaryDirectory directory;
  directory.write("x_train.npy", npy_file("|u1", "(2, 1, 1)", counting_bytes(2)));
  directory.write("y_train.npy", npy_file("|u1", "(2,)", bytes_of({0, 1})));
  directory.write("x_test.npy", npy_file("<f4", "(1, 1, 1)", raw(std::vector<float>{1})));
  directory.write("y_test.npy", npy_file("|u1", "(1,)", bytes_of({0})));
  CHECK_THAT(load_rejection(directory.path().string()),
             Contains("holds bytes and the other floats"));
}

TEST_CASE("the hash depends on the content and not on the place") {
  const TemporaryDirectory directory;
  write_small_idx(directory, "one");
  write_small_idx(directory, "two");
  const auto hash = [&](const char* name) {
    return load_dataset((directory.path() / name).string())->hash;
  };
  const Hash before = hash("one");
  // Recorded with runs: what was written by an older version must still be recognised.
  CHECK(before.text() == "7b858c84e8c464320a3e09e692ba8693");
  CHECK(hash("two") == before);
  SECTION("a pixel") {
    directory.write("two/t10k-images-idx3-ubyte", idx_file({2, 2, 2}, counting_bytes(8, 101)));
  }
  SECTION("a label") {
    directory.write("two/train-labels-idx1-ubyte", idx_file({4}, bytes_of({0, 1, 1, 0})));
  }
  SECTION("the shape") {
    directory.write("two/train-images-idx3-ubyte", idx_file({4, 1, 4}, counting_bytes(16)));
    directory.write("two/t10k-images-idx3-ubyte", idx_file({2, 1, 4}, counting_bytes(8, 100)));
  }
  CHECK(hash("two") != before);
}

TEST_CASE("known datasets are those by name and those in the folders of NAS_DATA_PATH") {
  const TemporaryDirectory directory;
  write_small_idx(directory, "mine");
  directory.write("junk/readme.txt", "");
  const DataPath path(directory.path().string());
  const auto known = known_datasets();
  const auto find = [&](const std::string& name) {
    return std::ranges::find(known, name, &KnownDataset::name);
  };
  REQUIRE(find("fashion-mnist") != known.end());
  CHECK(find("fashion-mnist")->hint == "apt-get install dataset-fashion-mnist");
  REQUIRE(find("cifar10") != known.end());
  CHECK(find("cifar10")->location.empty());
  REQUIRE(find("mine") != known.end());
  CHECK(find("mine")->location == directory.path() / "mine");
  CHECK_THAT(find("mine")->description, Contains("idx"));
  CHECK(find("junk") == known.end());
}

}  // namespace nas::test
