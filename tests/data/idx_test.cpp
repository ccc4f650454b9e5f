#include <catch2/catch.hpp>

#include "core/data/byte_source.hpp"
#include "core/data/dataset.hpp"
#include "tests/base/rejection.hpp"
#include "tests/data/sample_files.hpp"

namespace nas::test {
namespace {

using Catch::Matchers::Contains;

constexpr const char* train_images = "train-images-idx3-ubyte";
constexpr const char* train_labels = "train-labels-idx1-ubyte";
constexpr const char* test_images = "t10k-images-idx3-ubyte";

/// Sound files, of which a test spoils one.
class SmallIdx {
 public:
  SmallIdx() { write_small_idx(directory_, "set"); }
  std::filesystem::path folder() const { return directory_.path() / "set"; }
  void write(const std::string& name, const std::string& content) const {
    directory_.write(std::filesystem::path("set") / name, content);
  }
  void remove(const std::string& name) const { std::filesystem::remove(folder() / name); }
  std::shared_ptr<const Dataset> load() const { return load_dataset(folder().string()); }
  std::string rejection() const {
    return nas::rejection(ErrorKind::data, [&] { load(); });
  }

 private:
  TemporaryDirectory directory_;
};

}  // namespace

TEST_CASE("plain IDX files are read as bytes of one channel") {
  const SmallIdx files;
  const auto dataset = files.load();
  CHECK(dataset->name == "set");
  CHECK(dataset->format == "idx");
  CHECK(dataset->location == files.folder());
  CHECK(dataset->classes == 2);
  CHECK(dataset->class_names.empty());
  CHECK(dataset->task() == Task{{1, 2, 2}, 2});
  CHECK(dataset->train.labels == std::vector<std::int32_t>{0, 1, 0, 1});
  CHECK(bytes(dataset->train) ==
        std::vector<std::uint8_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
  CHECK(dataset->test.labels == std::vector<std::int32_t>{0, 1});
  CHECK(bytes(dataset->test) == std::vector<std::uint8_t>{100, 101, 102, 103, 104, 105, 106, 107});
}

TEST_CASE("gzipped IDX files give what the plain ones give, by every spelling") {
  const SmallIdx plain;
  const auto expected = plain.load();
  const std::string image_file = GENERATE("train-images-idx3-ubyte.gz", "train-images.idx3-ubyte",
                                          "train-images.idx3-ubyte.gz");
  const SmallIdx files;
  files.remove(train_images);
  const std::string content = idx_file({4, 2, 2}, counting_bytes(16));
  files.write(image_file, image_file.ends_with(".gz") ? gzip(content) : content);
  std::filesystem::rename(files.folder() / test_images, files.folder() / "test-images.idx3-ubyte");
  const auto dataset = files.load();
  CHECK(bytes(dataset->train) == bytes(expected->train));
  CHECK(dataset->hash == expected->hash);
}

TEST_CASE("four dimensions of IDX are N x C x H x W") {
  const SmallIdx files;
  for (const char* name : {train_images, test_images}) files.remove(name);
  files.write("train-images-idx4-ubyte", idx_file({4, 3, 1, 2}, counting_bytes(24)));
  files.write("t10k-images-idx4-ubyte", idx_file({2, 3, 1, 2}, counting_bytes(12)));
  const auto dataset = files.load();
  CHECK(dataset->train.shape == Shape{3, 1, 2});
  CHECK(bytes(dataset->train).size() == 24);
}

TEST_CASE("an incomplete set of IDX files names what is missing") {
  const SmallIdx files;
  const std::string missing = GENERATE("train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                       "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte");
  files.remove(missing);
  CHECK_THAT(files.rejection(), Contains("neither '" + missing + "' nor '" + missing + ".gz'"));
}

TEST_CASE("a file that is no IDX file is rejected by its first bytes") {
  const SmallIdx files;
  files.write(train_images, "GIF89a and more");
  CHECK_THAT(files.rejection(),
             Contains(train_images) && Contains("is not an IDX file") && Contains("47 49 46 38"));
}

TEST_CASE("IDX values other than unsigned bytes are rejected") {
  const SmallIdx files;
  files.write(train_images, idx_file({4, 2, 2}, counting_bytes(64), 0x0d));
  CHECK_THAT(files.rejection(), Contains(train_images) && Contains("type '0x0d'"));
}

TEST_CASE("IDX images with a wrong number of dimensions are rejected") {
  const SmallIdx files;
  files.write(train_images, idx_file({4, 4}, counting_bytes(16)));
  CHECK_THAT(files.rejection(), Contains(train_images) && Contains("'2' dimensions; 3 or 4"));
}

TEST_CASE("IDX labels with a wrong number of dimensions are rejected") {
  const SmallIdx files;
  files.write(train_labels, idx_file({4, 1}, counting_bytes(4)));
  CHECK_THAT(files.rejection(), Contains(train_labels) && Contains("'2' dimensions; 1 (labels)"));
}

TEST_CASE("channel-last IDX images are rejected with the way to transpose them") {
  const SmallIdx files;
  files.remove(train_images);
  files.write("train-images-idx4-ubyte", idx_file({4, 8, 8, 3}, counting_bytes(768)));
  CHECK_THAT(files.rejection(),
             Contains("look channel-last ('4x8x8x3')") && Contains("transpose(0, 3, 1, 2)"));
}

TEST_CASE("a truncated IDX file says how many bytes were expected and found") {
  const SmallIdx files;
  files.write(train_images, idx_file({4, 2, 2}, counting_bytes(15)));
  CHECK_THAT(files.rejection(),
             Contains(train_images) &&
                 Contains("truncated: for 4 images of 1x2x2, 16 bytes were expected and 15 found"));
}

TEST_CASE("an IDX file that ends within its header is truncated too") {
  const SmallIdx files;
  const auto [content, what] = GENERATE(table<std::string, std::string>(
      {{"", "magic number, 4 bytes were expected and 0 found"},
       {idx_file({4, 2, 2}, "").substr(0, 10), "12 bytes were expected and 6 found"}}));
  files.write(train_images, content);
  CHECK_THAT(files.rejection(), Contains(train_images) && Contains("truncated") && Contains(what));
}

TEST_CASE("a header that claims terabytes is found out without allocating them") {
  const SmallIdx files;
  files.write(train_images, idx_file({2'000'000'000, 2000, 2000}, counting_bytes(1000)));
  CHECK_THAT(files.rejection(), Contains("8000000000000000 bytes were expected and 1000 found"));
}

TEST_CASE("a header beyond all that can be numbered is rejected") {
  const SmallIdx files;
  const auto dimensions = GENERATE(std::vector<std::uint32_t>{4'000'000'000, 28, 28},
                                   std::vector<std::uint32_t>{4, 100'000, 100'000});
  files.write(train_images, idx_file(dimensions, counting_bytes(1000)));
  CHECK_THAT(files.rejection(), Contains(train_images) && Contains("at most 2147483647 images"));
}

TEST_CASE("trailing bytes in an IDX file are rejected, packed or not") {
  const SmallIdx files;
  const std::string content = idx_file({4, 2, 2}, counting_bytes(17));
  SECTION("plain") { files.write(train_images, content); }
  SECTION("gzip") {
    files.remove(train_images);
    files.write("train-images-idx3-ubyte.gz", gzip(content));
  }
  CHECK_THAT(files.rejection(),
             Contains(train_images) && Contains("trailing bytes") && Contains("32 bytes in all"));
}

TEST_CASE("zero images and empty images are rejected") {
  const SmallIdx files;
  SECTION("no images") {
    files.write(train_images, idx_file({0, 2, 2}, ""));
    CHECK_THAT(files.rejection(), Contains(train_images) && Contains("holds no images ('0x2x2')"));
  }
  SECTION("no pixels") {
    files.write(train_images, idx_file({4, 0, 2}, ""));
    CHECK_THAT(files.rejection(), Contains(train_images) && Contains("are empty ('4x0x2')"));
  }
}

TEST_CASE("counts of images and labels that differ are rejected") {
  const SmallIdx files;
  files.write(train_labels, idx_file({3}, bytes_of({0, 1, 0})));
  CHECK_THAT(files.rejection(), Contains(train_images) && Contains("holds 4 images") &&
                                    Contains(train_labels) && Contains("holds 3 labels"));
}

TEST_CASE("a file named .gz that is no gzip is rejected") {
  const SmallIdx files;
  files.remove(train_images);
  files.write("train-images-idx3-ubyte.gz", idx_file({4, 2, 2}, counting_bytes(16)));
  CHECK_THAT(files.rejection(), Contains("ubyte.gz' is not a gzip file"));
}

TEST_CASE("a gzip that is cut off is told from one that is damaged") {
  const SmallIdx files;
  files.remove(train_images);
  std::string packed = gzip(idx_file({4, 2, 2}, counting_bytes(16)));
  SECTION("cut off in its data") {
    packed.resize(packed.size() - 12);
    files.write("train-images-idx3-ubyte.gz", packed);
    CHECK_THAT(files.rejection(), Contains("ubyte.gz' is cut off in the middle"));
  }
  SECTION("cut off in its checksum") {
    packed.resize(packed.size() - 2);
    files.write("train-images-idx3-ubyte.gz", packed);
    CHECK_THAT(files.rejection(), Contains("ubyte.gz' is cut off in the middle"));
  }
  SECTION("damaged") {
    packed[packed.size() - 6] ^= 1;  // in the checksum
    files.write("train-images-idx3-ubyte.gz", packed);
    CHECK_THAT(files.rejection(),
               Contains("ubyte.gz' is damaged") && Contains("incorrect data check"));
  }
}

TEST_CASE("a label beyond every number of classes that is believed is rejected") {
  // Bytes cannot go so far; the check is shared with NumPy arrays, which can: see npy_test.cpp.
  const SmallIdx files;
  files.write(train_labels, idx_file({4}, bytes_of({0, 1, 0, 255})));
  CHECK_THAT(files.rejection(), Contains("no training image") && Contains("has the label '2'"));
}

TEST_CASE("a file that cannot be opened is an error of reading") {
  const std::string message =
      rejection(ErrorKind::io, [] { ByteSource("/nonexistent/train-images"); });
  CHECK_THAT(message, Contains("cannot read '/nonexistent/train-images': No such file"));
}

TEST_CASE("a folder in place of a file is an error of reading") {
  const TemporaryDirectory directory;
  const std::string message =
      rejection(ErrorKind::io, [&] { ByteSource(directory.path()).read_rest(); });
  CHECK_THAT(message, Contains(directory.path().string()) && Contains("Is a directory"));
}

}  // namespace nas::test
