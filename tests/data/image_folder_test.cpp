#include <algorithm>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "core/data/dataset.hpp"
#include "core/data/image_file.hpp"
#include "tests/base/rejection.hpp"
#include "tests/data/sample_files.hpp"

namespace nas::test {
namespace {

using Catch::Matchers::Contains;

// One plain colour at quality 100 comes back from JPEG within the rounding of its colour space.
constexpr int jpeg_tolerance = 2;

std::string grey_png(std::uint8_t value) { return png_file(plain_picture(3, 2, {value})); }
std::string colour_png(std::uint8_t red, std::uint8_t green, std::uint8_t blue) {
  return png_file(plain_picture(3, 2, {red, green, blue}));
}

/// Two classes of grey pictures, one picture each for training and test.
void write_parts(const TemporaryDirectory& directory) {
  directory.write("train/cat/1.png", grey_png(10));
  directory.write("train/ant/1.png", grey_png(20));
  directory.write("test/cat/2.png", grey_png(30));
  directory.write("test/ant/2.png", grey_png(40));
}

std::string image_folder_rejection(const TemporaryDirectory& directory) {
  return rejection(ErrorKind::data, [&] { load_dataset(directory.path().string()); });
}

bool near(int value, int expected) { return std::abs(value - expected) <= jpeg_tolerance; }

}  // namespace

TEST_CASE("image folders are read with classes and files sorted by name") {
  const TemporaryDirectory directory;
  write_parts(directory);
  directory.write("train/ant/0.PNG", grey_png(5));
  directory.write("train/ant/notes.txt", "not a picture");
  directory.write("train/ant/.hidden.png", "not looked at");
  directory.write("train/.cache/x.png", "not looked at");
  const auto dataset = load_dataset(directory.path().string());
  CHECK(dataset->format == "images");
  CHECK(dataset->classes == 2);
  CHECK(dataset->class_names == std::vector<std::string>{"ant", "cat"});
  CHECK(dataset->train.shape == Shape{1, 2, 3});
  CHECK(dataset->train.labels == std::vector<std::int32_t>{0, 0, 1});
  const auto& values = bytes(dataset->train);
  REQUIRE(values.size() == 18);
  CHECK(values[0] == 5);
  CHECK(values[6] == 20);
  CHECK(values[12] == 10);
  CHECK(bytes(dataset->test) ==
        std::vector<std::uint8_t>{40, 40, 40, 40, 40, 40, 30, 30, 30, 30, 30, 30});
}

TEST_CASE("rows and columns of a picture keep their places") {
  const TemporaryDirectory directory;
  write_parts(directory);
  directory.write("train/ant/1.png", png_file({3, 2, false, {1, 2, 3, 4, 5, 6}}));
  const auto dataset = load_dataset(directory.path().string());
  const auto& values = bytes(dataset->train);
  CHECK(std::vector<std::uint8_t>(values.begin(), values.begin() + 6) ==
        std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6});
}

TEST_CASE("one picture in colour makes all of them RGB, in planes") {
  const TemporaryDirectory directory;
  write_parts(directory);
  directory.write("test/cat/2.png", colour_png(7, 8, 9));
  const auto dataset = load_dataset(directory.path().string());
  CHECK(dataset->train.shape == Shape{3, 2, 3});
  std::vector<std::uint8_t> greys(2 * 18, 20);
  std::fill_n(greys.begin() + 18, 18, std::uint8_t{10});
  CHECK(bytes(dataset->train) == greys);
  const auto& test = bytes(dataset->test);
  CHECK(test[18] == 7);
  CHECK(test[18 + 6] == 8);
  CHECK(test[18 + 12] == 9);
}

TEST_CASE("JPEG pictures are read, grey or in colour, whatever their name says") {
  const TemporaryDirectory directory;
  write_parts(directory);
  SECTION("grey") {
    directory.write("train/ant/1.png", jpeg_file(plain_picture(3, 2, {90})));
    const auto dataset = load_dataset(directory.path().string());
    CHECK(dataset->train.shape == Shape{1, 2, 3});
    CHECK(near(bytes(dataset->train)[0], 90));
  }
  SECTION("colour") {
    directory.write("train/ant/2.jpeg", jpeg_file(plain_picture(3, 2, {200, 100, 50})));
    directory.write("train/ant/3.jpg", jpeg_file(plain_picture(3, 2, {90})));
    const auto dataset = load_dataset(directory.path().string());
    CHECK(dataset->train.shape == Shape{3, 2, 3});
    const auto& values = bytes(dataset->train);
    CHECK(near(values[18], 200));
    CHECK(near(values[24], 100));
    CHECK(near(values[30], 50));
    for (const std::size_t plane : {36u, 42u, 48u}) CHECK(near(values[plane], 90));
  }
}

TEST_CASE("without train and test every fifth picture of a class by name is a test picture") {
  const TemporaryDirectory directory;
  for (int i = 0; i < 11; ++i) {
    directory.write(fmt::format("dog/{:02}.png", i), grey_png(static_cast<std::uint8_t>(i)));
  }
  for (int i = 0; i < 4; ++i) {
    directory.write(fmt::format("bee/{}.png", i), grey_png(static_cast<std::uint8_t>(100 + i)));
  }
  const auto dataset = load_dataset(directory.path().string());
  CHECK(dataset->class_names == std::vector<std::string>{"bee", "dog"});
  CHECK(dataset->train.labels == std::vector<std::int32_t>{0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1});
  CHECK(dataset->test.labels == std::vector<std::int32_t>{1, 1});
  CHECK(bytes(dataset->test)[0] == 4);
  CHECK(bytes(dataset->test)[6] == 9);
}

TEST_CASE("pictures of different sizes are rejected with both files and sizes") {
  const TemporaryDirectory directory;
  write_parts(directory);
  directory.write("test/cat/2.png", png_file(plain_picture(4, 5, {1})));
  CHECK_THAT(image_folder_rejection(directory), Contains("test/cat/2.png' is '4x5' pixels large") &&
                                                    Contains("train/ant/1.png' is '3x2'"));
}

TEST_CASE("image folders that are incomplete say what is missing") {
  const TemporaryDirectory directory;
  write_parts(directory);
  const auto& path = directory.path();
  SECTION("no test folder") {
    std::filesystem::remove_all(path / "test");
    CHECK_THAT(image_folder_rejection(directory), Contains("has no folder 'test'"));
  }
  SECTION("no training folder") {
    std::filesystem::remove_all(path / "train");
    directory.write("test/1.png", grey_png(1));
    CHECK_THAT(image_folder_rejection(directory), Contains("has no folder 'train'"));
  }
  SECTION("no class folders") {
    std::filesystem::remove_all(path / "train");
    directory.write("train/1.png", grey_png(1));
    CHECK_THAT(image_folder_rejection(directory), Contains("train' has no sub-folders"));
  }
  SECTION("an empty class folder") {
    std::filesystem::remove(path / "train/cat/1.png");
    CHECK_THAT(image_folder_rejection(directory),
               Contains("train/cat' holds no PNG or JPEG pictures"));
  }
  SECTION("a class that is in the test part alone") {
    directory.write("test/dog/1.png", grey_png(1));
    CHECK_THAT(image_folder_rejection(directory),
               Contains("the class 'dog' in") && Contains("known: ant, cat"));
  }
}

TEST_CASE("class folders too small for a test picture are rejected") {
  const TemporaryDirectory directory;
  directory.write("ant/1.png", grey_png(1));
  directory.write("cat/1.png", grey_png(1));
  CHECK_THAT(image_folder_rejection(directory),
             Contains("has the 5 pictures of which one would be"));
}

TEST_CASE("pictures that cannot be decoded are rejected by name") {
  const TemporaryDirectory directory;
  write_parts(directory);
  const std::string png = png_file({8, 8, false, std::vector<std::uint8_t>(64, 9)});
  const std::string jpeg = jpeg_file(plain_picture(64, 64, {200, 100, 50}));
  SECTION("another kind of file") {
    directory.write("train/ant/1.png", "GIF89a");
    CHECK_THAT(image_folder_rejection(directory),
               Contains("ant/1.png' is neither a PNG nor a JPEG"));
  }
  SECTION("an empty file") {
    directory.write("train/ant/1.png", "");
    CHECK_THAT(image_folder_rejection(directory),
               Contains("ant/1.png' is neither a PNG nor a JPEG"));
  }
  SECTION("another kind of picture") {
    directory.write("train/ant/3.bmp", "BM");
    CHECK_THAT(image_folder_rejection(directory),
               Contains("ant/3.bmp' is of a kind that cannot be read"));
  }
  SECTION("a PNG cut off in its header") {
    directory.write("train/ant/1.png", png.substr(0, 20));
    CHECK_THAT(image_folder_rejection(directory),
               Contains("the picture '") && Contains("ant/1.png'") && Contains("is damaged"));
  }
  SECTION("a PNG cut off in its data") {
    directory.write("train/ant/1.png", grey_png(20).substr(0, grey_png(20).size() - 20));
    CHECK_THAT(image_folder_rejection(directory), Contains("ant/1.png'") && Contains("is damaged"));
  }
  SECTION("a JPEG cut off in its header") {
    directory.write("train/ant/1.png", jpeg.substr(0, 12));
    CHECK_THAT(image_folder_rejection(directory), Contains("ant/1.png'") && Contains("is damaged"));
  }
  SECTION("a JPEG cut off in its data") {
    for (const char* name : {"train/ant/1.png", "train/cat/1.png", "test/ant/2.png"}) {
      directory.write(name, jpeg);
    }
    directory.write("test/cat/2.png", jpeg.substr(0, jpeg.size() - 30));
    CHECK_THAT(image_folder_rejection(directory), Contains("cat/2.png'") && Contains("is damaged"));
  }
}

TEST_CASE("a picture whose header claims gigabytes is rejected before it is decoded") {
  std::string png = grey_png(1);
  // The IHDR chunk: width at byte 16, its checksum at byte 29.
  png.replace(16, 8, bytes_of({0, 0, 0x40, 0, 0, 0, 0x40, 0}));
  png.replace(29, 4, bytes_of({0x8c, 0xa3, 0x4f, 0x58}));
  const auto message = rejection(ErrorKind::data, [&] {
    read_image_header(std::span(reinterpret_cast<const std::uint8_t*>(png.data()), png.size()),
                      "huge.png");
  });
  CHECK_THAT(message, Contains("'huge.png' is '16384x16384' pixels large; at most 16777216"));
}

TEST_CASE("a picture that no longer fits its header is not decoded") {
  const std::string png = colour_png(1, 2, 3);
  const std::span file(reinterpret_cast<const std::uint8_t*>(png.data()), png.size());
  const ImageHeader header = read_image_header(file, "a.png");
  std::vector<std::uint8_t> planes(18);
  decode_image(file, header, true, "a.png", planes);
  CHECK(planes[6] == 2);
  const auto rejected = [&](bool colour, std::size_t size) {
    return rejection(ErrorKind::data, [&] {
      decode_image(file, header, colour, "a.png", std::span(planes).first(size));
    });
  };
  CHECK_THAT(rejected(true, 15), Contains("the picture 'a.png' changed while it was read"));
  CHECK_THAT(rejected(false, 6), Contains("the picture 'a.png' changed while it was read"));
}

}  // namespace nas::test
