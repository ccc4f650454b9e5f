// Datasets, whole and broken.

#include <catch2/catch.hpp>

#include "tests/cli/rejected.hpp"
#include "tests/cli/tiny_data.hpp"

namespace nas {
namespace {

/// A run on these data, and `data check`, must both fail before anything is trained.
void check_data_rejected(const TemporaryDirectory& directory, const std::string& message) {
  const std::string folder = (directory.path() / "data").string();
  check_rejected({"data", "check", folder}, 3, message);
  const auto run = directory.path() / "run";
  check_rejected({"run", "--data", folder, "--out", run.string()}, 3, message);
  CHECK_FALSE(std::filesystem::exists(run));
}

TEST_CASE("data info tells the shape, the classes and the counts") {
  const TemporaryDirectory directory;
  const Outcome outcome =
      nas_program({"data", "info", write_tiny_data(directory).string(), "--json"});
  REQUIRE(outcome.code == 0);
  const nlohmann::json object = outcome.json();
  CHECK(object.at("schema") == "nas.dataset");
  CHECK(object.at("version") == 1);
  CHECK(object.at("format") == "idx");
  CHECK(object.at("input") == "1x8x8");
  CHECK(object.at("classes") == 2);
  CHECK(object.at("train").at("count") == 128);
  CHECK(object.at("test").at("per_class") == nlohmann::json({16, 16}));
  CHECK(object.at("hash").get<std::string>().size() == 32);
}

TEST_CASE("data info prints a table with a row per class") {
  const TemporaryDirectory directory;
  const std::string folder = write_tiny_data(directory).string();
  CHECK(contains(nas_program({"data", "info", folder}).out, "128 samples to train, 32 to test"));
  CHECK(nas_program({"data", "info", folder, "--csv"}).out ==
        "class,train,test\r\n0,64,16\r\n1,64,16\r\n");
}

TEST_CASE("data check says that nothing is wrong, or warns of what looks wrong") {
  const TemporaryDirectory directory;
  const std::string folder = write_tiny_data(directory).string();
  const Outcome sound = nas_program({"data", "check", folder});
  CHECK(sound.code == 0);
  CHECK(contains(sound.out, "nothing looks wrong"));

  // The same images as in training: the test accuracy would flatter.
  directory.write("data/t10k-images-idx3-ubyte", idx_images(128));
  directory.write("data/t10k-labels-idx1-ubyte", idx_labels(128));
  const Outcome shared = nas_program({"data", "check", folder, "--json"});
  CHECK(shared.code == 0);
  CHECK(shared.json().at("warnings").size() == 1);
  CHECK(contains(shared.err, "128 test image(s) are training images too"));
}

TEST_CASE("data list says what is known and how to get what is missing") {
  const Outcome outcome = nas_program({"data", "list", "--json"});
  REQUIRE(outcome.code == 0);
  const nlohmann::json object = outcome.json();
  CHECK(object.at("schema") == "nas.datasets");
  bool found = false;
  for (const nlohmann::json& row : object.at("datasets")) {
    found = found || row.at("name") == "fashion-mnist";
    CHECK((row.at("here").get<bool>() || !row.at("hint").get<std::string>().empty()));
  }
  CHECK(found);
}

TEST_CASE("a truncated file is named, with what was expected") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  directory.write("data/train-images-idx3-ubyte", idx_images(128).substr(0, 1000));
  check_data_rejected(directory, "train-images-idx3-ubyte' is truncated");
}

TEST_CASE("a gzip file that is none is named") {
  const TemporaryDirectory directory;
  const auto folder = write_tiny_data(directory);
  std::filesystem::remove(folder / "train-images-idx3-ubyte");
  directory.write("data/train-images-idx3-ubyte.gz", idx_images(128));
  check_data_rejected(directory, "train-images-idx3-ubyte.gz' is not a gzip file");
}

TEST_CASE("a label out of range is named") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  std::string labels = idx_labels(128);
  labels.back() = 7;
  directory.write("data/train-labels-idx1-ubyte", labels);
  check_data_rejected(directory, "has the label '2'; labels must be numbered from 0 to 7");
}

TEST_CASE("images and labels that are not as many are named") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  directory.write("data/train-labels-idx1-ubyte", idx_labels(100));
  check_data_rejected(directory, "train-labels-idx1-ubyte");
}

TEST_CASE("an empty folder is no dataset") {
  const TemporaryDirectory directory;
  std::filesystem::create_directory(directory.path() / "data");
  check_data_rejected(directory, "nothing is in the folder");
}

TEST_CASE("a folder that does not exist is named") {
  check_rejected({"data", "info", "/nonexistent/photos"}, 3,
                 "there is no folder '/nonexistent/photos'");
}

}  // namespace
}  // namespace nas
