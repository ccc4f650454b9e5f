#include "core/data/picture_list.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t test_period = 5;  // where there is no test folder, one picture in so many

constexpr std::array readable_extensions = {".png", ".jpg", ".jpeg"};
constexpr std::array unreadable_extensions = {".bmp",  ".gif", ".webp", ".tif",
                                              ".tiff", ".ppm", ".pgm"};

bool has_extension(const std::string& name, std::span<const char* const> extensions) {
  std::string extension = fs::path(name).extension().string();
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::any_of(extensions, [&](const char* one) { return extension == one; });
}

bool is_folder(const fs::path& path) {
  std::error_code none;
  return fs::is_directory(path, none);
}

/// The names in a folder, sorted, without hidden ones.
std::vector<std::string> names_in(const fs::path& folder, std::error_code& error) {
  std::vector<std::string> names;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (!name.starts_with('.')) names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  return names;
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::error_code error;
  std::vector<std::string> names = names_in(folder, error);
  if (error) {
    throw Error(ErrorKind::io,
                fmt::format("cannot read the folder '{}': {}", folder.string(), error.message()));
  }
  return names;
}

/// What cannot be read holds no pictures: whether that is an error is for the reader to say.
bool has_class_folders(const fs::path& folder) {
  std::error_code none;
  return std::ranges::any_of(names_in(folder, none), [&](const std::string& name) {
    std::error_code not_a_folder;
    return std::ranges::any_of(names_in(folder / name, not_a_folder), [](const std::string& file) {
      return has_extension(file, readable_extensions);
    });
  });
}

std::vector<std::string> class_names(const fs::path& folder) {
  std::vector<std::string> names = names_in(folder);
  std::erase_if(names, [&](const std::string& name) { return !is_folder(folder / name); });
  if (names.empty()) {
    throw Error(ErrorKind::data, fmt::format("'{}' has no sub-folders; put the pictures of each "
                                             "class into a folder of its own",
                                             folder.string()));
  }
  return names;
}

std::vector<Picture> pictures_of_class(const fs::path& folder, std::size_t label) {
  std::vector<Picture> pictures;
  for (const std::string& name : names_in(folder)) {
    if (has_extension(name, unreadable_extensions)) {
      throw Error(ErrorKind::data, fmt::format("'{}' is of a kind that cannot be read; convert it "
                                               "to PNG or JPEG",
                                               (folder / name).string()));
    }
    if (!has_extension(name, readable_extensions) || is_folder(folder / name)) continue;
    pictures.push_back({folder / name, static_cast<std::int32_t>(label)});
  }
  if (pictures.empty()) {
    throw Error(ErrorKind::data, fmt::format("the class folder '{}' holds no PNG or JPEG pictures; "
                                             "fill or remove it",
                                             folder.string()));
  }
  return pictures;
}

PictureList list_parts(const fs::path& folder) {
  for (const char* part : {"train", "test"}) {
    if (is_folder(folder / part)) continue;
    throw Error(ErrorKind::data,
                fmt::format("'{}' has no folder '{}'; there must be both 'train' and 'test', or "
                            "neither",
                            folder.string(), part));
  }
  PictureList list;
  list.classes = class_names(folder / "train");
  for (std::size_t label = 0; label < list.classes.size(); ++label) {
    const auto pictures = pictures_of_class(folder / "train" / list.classes[label], label);
    list.train.insert(list.train.end(), pictures.begin(), pictures.end());
  }
  for (const std::string& name : class_names(folder / "test")) {
    const auto known = std::ranges::lower_bound(list.classes, name);
    if (known == list.classes.end() || *known != name) {
      throw Error(ErrorKind::data,
                  fmt::format("the class '{}' in '{}' has no training pictures; known: {}", name,
                              (folder / "test").string(), fmt::join(list.classes, ", ")));
    }
    const auto label = static_cast<std::size_t>(known - list.classes.begin());
    const auto pictures = pictures_of_class(folder / "test" / name, label);
    list.test.insert(list.test.end(), pictures.begin(), pictures.end());
  }
  return list;
}

PictureList divide_classes(const fs::path& folder) {
  PictureList list;
  list.classes = class_names(folder);
  for (std::size_t label = 0; label < list.classes.size(); ++label) {
    const auto pictures = pictures_of_class(folder / list.classes[label], label);
    for (std::size_t i = 0; i < pictures.size(); ++i) {
      ((i + 1) % test_period == 0 ? list.test : list.train).push_back(pictures[i]);
    }
  }
  if (list.test.empty()) {
    throw Error(ErrorKind::data,
                fmt::format("no class in '{}' has the {} pictures of which one would be a test "
                            "picture; add pictures, or part them into 'train' and 'test'",
                            folder.string(), test_period));
  }
  return list;
}

}  // namespace

bool has_pictures(const fs::path& folder) {
  return has_class_folders(folder / "train") || has_class_folders(folder);
}

PictureList list_pictures(const fs::path& folder) {
  const bool in_parts = is_folder(folder / "train") || is_folder(folder / "test");
  return in_parts ? list_parts(folder) : divide_classes(folder);
}

}  // namespace nas
