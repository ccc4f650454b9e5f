#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/data/byte_source.hpp"
#include "core/data/formats.hpp"
#include "core/data/image_file.hpp"
#include "core/data/picture_list.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

/// What all pictures of a dataset have in common.
struct CommonHeader {
  fs::path first_file;
  ImageHeader first;
  bool colour = false;  ///< is any of them in colour?
};

void include_headers(const std::vector<Picture>& pictures, CommonHeader& common) {
  for (const Picture& picture : pictures) {
    const ImageHeader header =
        read_image_header(ByteSource(picture.file).read_rest(), picture.file);
    if (common.first_file.empty()) {
      common.first_file = picture.file;
      common.first = header;
    }
    common.colour = common.colour || header.colour;
    if (header.width == common.first.width && header.height == common.first.height) continue;
    throw Error(ErrorKind::data,
                fmt::format("'{}' is '{}' pixels large but '{}' is '{}'; all pictures must have "
                            "one size: scale or crop them",
                            picture.file.string(), header.size_text(), common.first_file.string(),
                            common.first.size_text()));
  }
}

LabelledImages decode_part(const std::vector<Picture>& pictures, const CommonHeader& common) {
  LabelledImages part;
  part.shape = {common.colour ? 3 : 1, common.first.height, common.first.width};
  const auto size = static_cast<std::size_t>(part.shape.elements());
  std::vector<std::uint8_t> values(pictures.size() * size);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const fs::path& file = pictures[i].file;
    const std::vector<std::uint8_t> bytes = ByteSource(file).read_rest();
    decode_image(bytes, read_image_header(bytes, file), common.colour, file,
                 std::span(values).subspan(i * size, size));
    part.labels.push_back(pictures[i].label);
  }
  part.values = std::move(values);
  return part;
}

}  // namespace

bool has_image_folders(const fs::path& folder) { return has_pictures(folder); }

Dataset read_image_folders(const fs::path& folder) {
  PictureList list = list_pictures(folder);
  CommonHeader common;
  include_headers(list.train, common);
  include_headers(list.test, common);
  Dataset dataset;
  dataset.classes = static_cast<int>(list.classes.size());
  dataset.class_names = std::move(list.classes);
  dataset.train = decode_part(list.train, common);
  dataset.test = decode_part(list.test, common);
  return dataset;
}

}  // namespace nas
