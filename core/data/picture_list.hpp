/// Which pictures of an image folder train and which test.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace nas {

struct Picture {
  std::filesystem::path file;
  std::int32_t label = 0;
};

struct PictureList {
  std::vector<std::string> classes;  ///< by name; the position is the label
  std::vector<Picture> train;        ///< by class, then by name
  std::vector<Picture> test;
};

/// Are there PNG or JPEG files (by name) in sub-folders of `folder`, or of its folder "train"?
bool has_pictures(const std::filesystem::path& folder);

/// Lists train/<class>/ and test/<class>/ where there is a folder "train" or "test". Otherwise each
/// sub-folder is a class, of which every fifth picture, by name, is a test picture. Hidden files,
/// files that are no pictures and folders inside of a class's are passed over. Throws Error(data)
/// that names the folder.
PictureList list_pictures(const std::filesystem::path& folder);

}  // namespace nas
