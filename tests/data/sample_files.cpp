#include "tests/data/sample_files.hpp"

#include <stdexcept>

#include <fmt/format.h>
#include <png.h>
#include <turbojpeg.h>
#include <zlib.h>

namespace nas::test {

std::string counting_bytes(std::size_t count, int first) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) {
    bytes += static_cast<char>((first + static_cast<int>(i % 256)) % 256);
  }
  return bytes;
}

std::string bytes_of(const std::vector<int>& values) {
  std::string bytes;
  for (const int value : values) bytes += static_cast<char>(value);
  return bytes;
}

std::string idx_file(const std::vector<std::uint32_t>& dimensions, const std::string& content,
                     int type) {
  std::string file = bytes_of({0, 0, type, static_cast<int>(dimensions.size())});
  for (const std::uint32_t dimension : dimensions) {
    for (int shift = 24; shift >= 0; shift -= 8) file += static_cast<char>(dimension >> shift);
  }
  return file + content;
}

std::string gzip(const std::string& content) {
  z_stream stream{};
  constexpr int gzip_window = 15 + 16;  // zlib.h: 16 more for a gzip header
  if (deflateInit2(&stream, 9, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("deflateInit2");
  }
  std::string source = content;
  std::string packed(deflateBound(&stream, source.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(source.data());
  stream.avail_in = static_cast<uInt>(source.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int result = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::runtime_error("deflate");
  return packed;
}

std::string npy_file_with_header(const std::string& header, const std::string& content,
                                 int version) {
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  std::string padded = header;
  while ((8 + length_bytes + padded.size() + 1) % 64 != 0) padded += ' ';
  padded += '\n';
  std::string file = "\x93NUMPY" + bytes_of({version, 0});
  for (std::size_t i = 0; i < length_bytes; ++i) {
    file += static_cast<char>(padded.size() >> (8 * i));
  }
  return file + padded + content;
}

std::string npy_file(const std::string& type, const std::string& shape, const std::string& content,
                     int version, bool fortran_order) {
  const auto header = fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': {}, }}", type,
                                  fortran_order ? "True" : "False", shape);
  return npy_file_with_header(header, content, version);
}

std::string cifar10_record(int label, int red, int green, int blue) {
  std::string record = bytes_of({label});
  for (const int value : {red, green, blue})
    record += std::string(32 * 32, static_cast<char>(value));
  return record;
}

PictureSpec plain_picture(int width, int height, const std::vector<std::uint8_t>& pixel) {
  PictureSpec picture{width, height, pixel.size() == 3, {}};
  for (int i = 0; i < width * height; ++i) {
    picture.values.insert(picture.values.end(), pixel.begin(), pixel.end());
  }
  return picture;
}

std::string png_file(const PictureSpec& picture) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(picture.width);
  image.height = static_cast<png_uint_32>(picture.height);
  image.format = picture.colour ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  std::string file(10'000 + 2 * picture.values.size(), '\0');
  png_alloc_size_t size = file.size();
  if (!png_image_write_to_memory(&image, file.data(), &size, 0, picture.values.data(), 0,
                                 nullptr)) {
    throw std::runtime_error(image.message);
  }
  file.resize(size);
  return file;
}

std::string jpeg_file(const PictureSpec& picture) {
  const tjhandle handle = tjInitCompress();
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  const int result = tjCompress2(handle, picture.values.data(), picture.width, 0, picture.height,
                                 picture.colour ? TJPF_RGB : TJPF_GRAY, &buffer, &size,
                                 picture.colour ? TJSAMP_444 : TJSAMP_GRAY, 100, 0);
  const std::string file(reinterpret_cast<const char*>(buffer), size);
  tjFree(buffer);
  tjDestroy(handle);
  if (result != 0) throw std::runtime_error("tjCompress2");
  return file;
}

void write_small_idx(const TemporaryDirectory& directory, const std::string& folder,
                     std::uint32_t train, std::uint32_t test) {
  const auto labels = [](std::uint32_t count) {
    std::string bytes;
    for (std::uint32_t i = 0; i < count; ++i) bytes += static_cast<char>(i % 2);
    return bytes;
  };
  const std::filesystem::path to = folder;
  directory.write(to / "train-images-idx3-ubyte",
                  idx_file({train, 2, 2}, counting_bytes(4 * train)));
  directory.write(to / "train-labels-idx1-ubyte", idx_file({train}, labels(train)));
  directory.write(to / "t10k-images-idx3-ubyte",
                  idx_file({test, 2, 2}, counting_bytes(4 * test, 100)));
  directory.write(to / "t10k-labels-idx1-ubyte", idx_file({test}, labels(test)));
}

std::shared_ptr<Dataset> dataset_of_labels(const std::vector<std::int32_t>& labels, int classes) {
  auto dataset = std::make_shared<Dataset>();
  dataset->name = "made";
  dataset->classes = classes;
  dataset->train.shape = dataset->test.shape = {1, 2, 2};
  dataset->train.labels = labels;
  std::vector<std::uint8_t> train;
  for (std::size_t i = 0; i < 4 * labels.size(); ++i) train.push_back(static_cast<std::uint8_t>(i));
  dataset->train.values = std::move(train);
  std::vector<std::uint8_t> test;
  for (int c = 0; c < classes; ++c) {
    dataset->test.labels.push_back(c);
    test.insert(test.end(), {200, 201, 202, static_cast<std::uint8_t>(c)});
  }
  dataset->test.values = std::move(test);
  return dataset;
}

const std::vector<std::uint8_t>& bytes(const LabelledImages& images) {
  return std::get<std::vector<std::uint8_t>>(images.values);
}

const std::vector<float>& floats(const LabelledImages& images) {
  return std::get<std::vector<float>>(images.values);
}

}  // namespace nas::test
