#include <limits>

#include <catch2/catch.hpp>

#include "core/data/dataset.hpp"
#include "core/data/npy_file.hpp"
#include "tests/base/rejection.hpp"
#include "tests/data/sample_files.hpp"

namespace nas::test {
namespace {

using Catch::Matchers::Contains;

/// Sound arrays: four training and two test images of 2x2 bytes, of which a test replaces some.
class SmallNpy {
 public:
  SmallNpy() {
    write("x_train.npy", npy_file("|u1", "(4, 2, 2)", counting_bytes(16)));
    write("y_train.npy", npy_file("|u1", "(4,)", bytes_of({0, 1, 0, 1})));
    write("x_test.npy", npy_file("|u1", "(2, 2, 2)", counting_bytes(8, 100)));
    write("y_test.npy", npy_file("|u1", "(2,)", bytes_of({0, 1})));
  }
  void write(const std::string& name, const std::string& content) const {
    directory_.write(name, content);
  }
  const std::filesystem::path& folder() const { return directory_.path(); }
  std::shared_ptr<const Dataset> load() const { return load_dataset(folder().string()); }
  std::string rejection() const {
    return nas::rejection(ErrorKind::data, [&] { load(); });
  }

 private:
  TemporaryDirectory directory_;
};

}  // namespace

TEST_CASE("an array written byte by byte is read") {
  const std::string header = "{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }     \n";
  REQUIRE(header.size() == 63);
  const std::string file =
      std::string("\x93NUMPY\x01\x00\x3f\x00", 10) + header + std::string("\x01\x02\xff\xff", 4);
  const TemporaryDirectory directory;
  const NpyArray array = read_npy_array(directory.write("a.npy", file), "iu");
  CHECK(array.header.type() == "<i2");
  CHECK(array.header.shape == std::vector<std::uint64_t>{2});
  CHECK(array.bytes == std::vector<std::uint8_t>{1, 2, 255, 255});
}

TEST_CASE("NumPy arrays of bytes stay bytes, and hash as the same images in IDX do") {
  const SmallNpy arrays;
  const auto dataset = arrays.load();
  CHECK(dataset->format == "npy");
  CHECK(dataset->classes == 2);
  CHECK(dataset->train.shape == Shape{1, 2, 2});
  CHECK(bytes(dataset->train).back() == 15);
  CHECK(dataset->train.labels == std::vector<std::int32_t>{0, 1, 0, 1});
  const TemporaryDirectory directory;
  write_small_idx(directory, "idx");
  CHECK(load_dataset((directory.path() / "idx").string())->hash == dataset->hash);
}

TEST_CASE("the other spelling of the arrays' names is read too") {
  const SmallNpy arrays;
  for (const auto& [from, to] : {std::pair{"x_train.npy", "train_images.npy"},
                                 {"y_train.npy", "train_labels.npy"},
                                 {"x_test.npy", "test_images.npy"},
                                 {"y_test.npy", "test_labels.npy"}}) {
    std::filesystem::rename(arrays.folder() / from, arrays.folder() / to);
  }
  CHECK(arrays.load()->train.count() == 4);
}

TEST_CASE("floats are taken as they are, of 4 and of 8 bytes, in every version of the format") {
  const SmallNpy arrays;
  const int version = GENERATE(1, 2, 3);
  const std::vector<float> train = {0, 0.5f, -1.25f, 1e30f, 4, 5, 6, 7};
  const std::vector<double> test = {0.1, 1, 2, 3};
  arrays.write("x_train.npy", npy_file("<f4", "(4, 2, 1, 1)", raw(train), version));
  arrays.write("x_test.npy", npy_file("<f8", "(2, 2, 1, 1)", raw(test), version));
  const auto dataset = arrays.load();
  CHECK(dataset->train.shape == Shape{2, 1, 1});
  CHECK(floats(dataset->train) == train);
  CHECK(floats(dataset->test) == std::vector<float>{0.1f, 1, 2, 3});
}

TEST_CASE("labels may be of every integer type, as a list or a column") {
  const SmallNpy arrays;
  const std::vector<std::int64_t> labels = {0, 1, 0, 1};
  const auto as = [&]<typename T>(T) { return raw(std::vector<T>(labels.begin(), labels.end())); };
  const auto [type, content] =
      GENERATE_COPY(table<std::string, std::string>({{"|i1", as(std::int8_t{})},
                                                     {"|u1", as(std::uint8_t{})},
                                                     {"<i2", as(std::int16_t{})},
                                                     {"<u2", as(std::uint16_t{})},
                                                     {"<i4", as(std::int32_t{})},
                                                     {"<u4", as(std::uint32_t{})},
                                                     {"<i8", as(std::int64_t{})},
                                                     {"<u8", as(std::uint64_t{})}}));
  const std::string shape = GENERATE("(4,)", "(4, 1)");
  arrays.write("y_train.npy", npy_file(type, shape, content));
  CHECK(arrays.load()->train.labels == std::vector<std::int32_t>{0, 1, 0, 1});
}

TEST_CASE("a missing array is named in both spellings") {
  const SmallNpy arrays;
  std::filesystem::remove(arrays.folder() / "y_test.npy");
  CHECK_THAT(arrays.rejection(), Contains("neither 'y_test.npy' nor 'test_labels.npy'"));
}

TEST_CASE("arrays that cannot be read say what to save instead") {
  const SmallNpy arrays;
  const auto [name, content, message] = GENERATE(table<std::string, std::string, std::string>({
      {"x_train.npy", npy_file("<f4", "(4, 2, 2)", std::string(64, '\0'), 1, true),
       "is in Fortran order; save numpy.ascontiguousarray(x)"},
      {"x_train.npy", npy_file(">f4", "(4, 2, 2)", std::string(64, '\0')),
       "is big-endian ('>f4'); save x.astype('<f4')"},
      {"y_train.npy", npy_file(">i8", "(4,)", std::string(32, '\0')),
       "is big-endian ('>i8'); save x.astype('<i8')"},
      {"x_train.npy", npy_file("<i4", "(4, 2, 2)", std::string(64, '\0')),
       "has the type '<i4'; images must be '|u1', '<f4' or '<f8'"},
      {"x_train.npy", npy_file("<f2", "(4, 2, 2)", std::string(32, '\0')),
       "has the type '<f2'; images must be '|u1', '<f4' or '<f8'"},
      {"x_train.npy", npy_file("<u2", "(4, 2, 2)", std::string(32, '\0')),
       "has the type '<u2'; images must be '|u1', '<f4' or '<f8'"},
      {"y_train.npy", npy_file("<f4", "(4,)", std::string(16, '\0')),
       "has the type '<f4'; labels must be whole numbers"},
      {"y_train.npy", npy_file("<i3", "(4,)", std::string(12, '\0')),
       "has the type '<i3'; labels must be whole numbers of 1, 2, 4 or 8 bytes"},
      {"y_train.npy", npy_file("|u1", "(4, 2)", counting_bytes(8)),
       "have the shape (4, 2); they must be a list of classes: of one-hot labels save"},
      {"x_train.npy", npy_file("|u1", "(4, 4)", counting_bytes(16)),
       "have 2 dimensions ('4x4'); they must have three"},
      {"x_train.npy", npy_file("|u1", "()", counting_bytes(1)), "have 0 dimensions"},
      {"x_train.npy", npy_file("|u1", "(4, 8, 8, 3)", counting_bytes(768)),
       "look channel-last ('4x8x8x3')"},
      {"x_train.npy", npy_file_with_header("{'descr': [('a', '<f4')], 'shape': (4,), }"),
       "holds records (a structured type); save plain numbers"},
  }));
  arrays.write(name, content);
  CHECK_THAT(arrays.rejection(), Contains(name) && Contains(message));
}

TEST_CASE("values that are not finite floats are rejected with the image that holds them") {
  const SmallNpy arrays;
  std::vector<double> values(16, 0.5);
  values[9] = GENERATE(std::numeric_limits<double>::quiet_NaN(),
                       std::numeric_limits<double>::infinity(), 1e300);
  arrays.write("x_train.npy", npy_file("<f8", "(4, 2, 2)", raw(values)));
  CHECK_THAT(arrays.rejection(),
             Contains("image 2 of") && Contains("x_train.npy") && Contains("must be finite"));
}

TEST_CASE("labels outside of the classes that are believed are rejected") {
  const SmallNpy arrays;
  const auto [value, message] = GENERATE(table<std::int64_t, std::string>(
      {{-1, "is '-1'"}, {10'000, "is '10000'"}, {std::int64_t{1} << 40, "is '1099511627776'"}}));
  arrays.write("y_train.npy",
               npy_file("<i8", "(4,)", raw(std::vector<std::int64_t>{0, 1, value, 0})));
  CHECK_THAT(arrays.rejection(), Contains("label 2 of") && Contains("y_train.npy") &&
                                     Contains(message) && Contains("from 0 to 9999"));
}

TEST_CASE("damaged NumPy files are rejected") {
  const SmallNpy arrays;
  const std::string sound = npy_file("|u1", "(4, 2, 2)", counting_bytes(16));
  const auto [content, message] = GENERATE_COPY(table<std::string, std::string>({
      {"PK\x03\x04 a zip file", "is not a NumPy file: it begins with 50 4b 03 04"},
      {"\x93NUM", "is truncated: for the magic string and version, 8 bytes"},
      {npy_file("|u1", "(4, 2, 2)", counting_bytes(16), 9), "has version '9.0'"},
      {sound.substr(0, 40), "is truncated: for the header"},
      {sound.substr(0, sound.size() - 3), "16 bytes were expected and 13 found"},
      {sound + "x", "has trailing bytes"},
      {std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff", 12), "announces a header of 4294967295"},
      {npy_file("|u1", "(1000000000, 1000, 1000)", "short"),
       "1000000000000000 bytes were expected and 5 found"},
      {npy_file("<f8", "(4294967296, 4294967296, 4)", "short"), "were expected and 5 found"},
  }));
  arrays.write("x_train.npy", content);
  CHECK_THAT(arrays.rejection(), Contains("x_train.npy") && Contains(message));
}

TEST_CASE("headers that are no dictionary of the three entries are rejected") {
  const std::string header =
      GENERATE("", "{", "[]", "{'descr': '<f4'}", "{'descr': 3, 'shape': ()}",
               "{'descr': '<f', 'shape': ()}", "{'descr': '<f0', 'shape': ()}",
               "{'descr': '<f4', 'fortran_order': 0, 'shape': ()}",
               "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
               "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2)}",
               "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)",
               "{'descr': '<f4, 'fortran_order': False, 'shape': (1,)}",
               "{'descr': '<f4', 'other': 1, 'shape': (1,)}",
               "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}");
  const std::string message =
      rejection(ErrorKind::data, [&] { parse_npy_header(header, "a.npy"); });
  CHECK_THAT(message, Contains("the header of 'a.npy' cannot be understood: '" + header + "'"));
}

TEST_CASE("headers are read as Python would, whatever their order and spacing") {
  const NpyHeader header =
      parse_npy_header("{ \"shape\":( 3,4 ) ,'fortran_order' : True, 'descr':'>u4'}\n", "a.npy");
  CHECK(header.type() == ">u4");
  CHECK(header.fortran_order);
  CHECK(header.shape == std::vector<std::uint64_t>{3, 4});
}

}  // namespace nas::test
