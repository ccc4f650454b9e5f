/// The bytes of small dataset files, as strings to be written.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/data/dataset.hpp"
#include "tests/base/temporary_directory.hpp"

namespace nas::test {

/// `count` bytes that count up from `first`, modulo 256.
std::string counting_bytes(std::size_t count, int first = 0);
std::string bytes_of(const std::vector<int>& values);

std::string idx_file(const std::vector<std::uint32_t>& dimensions, const std::string& content,
                     int type = 0x08);
std::string gzip(const std::string& content);

/// Header of format version `version`, padded as NumPy does, and content.
std::string npy_file(const std::string& type, const std::string& shape, const std::string& content,
                     int version = 1, bool fortran_order = false);
std::string npy_file_with_header(const std::string& header, const std::string& content = "",
                                 int version = 1);
template <typename T>
std::string raw(const std::vector<T>& values) {
  return std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

/// One image of CIFAR-10 with all red, green and blue values equal to the given ones.
std::string cifar10_record(int label, int red, int green, int blue);

/// A picture of pixels (one value each, or three of RGB), row by row.
struct PictureSpec {
  int width = 2;
  int height = 2;
  bool colour = false;
  std::vector<std::uint8_t> values;
};
PictureSpec plain_picture(int width, int height, const std::vector<std::uint8_t>& pixel);
std::string png_file(const PictureSpec& picture);
std::string jpeg_file(const PictureSpec& picture);

/// Writes IDX files of two classes: `train` and `test` images of 2x2, labels 0 1 0 1 …
void write_small_idx(const TemporaryDirectory& directory, const std::string& folder,
                     std::uint32_t train = 4, std::uint32_t test = 2);

/// A dataset in memory whose training labels are given, with images of 1x2x2 that count up; the
/// test part has one sample a class.
std::shared_ptr<Dataset> dataset_of_labels(const std::vector<std::int32_t>& labels, int classes);

const std::vector<std::uint8_t>& bytes(const LabelledImages& images);
const std::vector<float>& floats(const LabelledImages& images);

}  // namespace nas::test
