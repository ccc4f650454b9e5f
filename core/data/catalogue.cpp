#include "core/data/catalogue.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "core/data/dataset.hpp"
#include "core/data/formats.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

bool is_folder(const fs::path& path) {
  std::error_code none;
  return fs::is_directory(path, none);
}

std::vector<std::string> sub_folder_names(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    if (is_folder(entry.path())) names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace

const std::vector<CatalogueEntry>& catalogue() {
  static const std::vector<CatalogueEntry> entries = {
      {"fashion-mnist",
       "60,000 + 10,000 grey pictures of clothes, 1x28x28, 10 classes",
       "apt-get install dataset-fashion-mnist",
       {{1, 28, 28}, 10},
       {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
        "Ankle boot"}},
      {"cifar10",
       "50,000 + 10,000 colour pictures, 3x32x32, 10 classes",
       "unpack https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz, rename its folder to "
       "'cifar10' and add the folder around it to NAS_DATA_PATH",
       {{3, 32, 32}, 10},
       {}},
  };
  return entries;
}

std::vector<fs::path> dataset_folders() {
  std::vector<fs::path> folders;
  if (const char* variable = std::getenv("NAS_DATA_PATH")) {
    std::istringstream paths(variable);
    for (std::string path; std::getline(paths, path, ':');) {
      if (!path.empty()) folders.emplace_back(path);
    }
  }
  folders.emplace_back("/usr/share/datasets");
  return folders;
}

std::optional<fs::path> find_dataset(const std::string& name) {
  for (const fs::path& folder : dataset_folders()) {
    if (is_folder(folder / name)) return folder / name;
  }
  return std::nullopt;
}

std::vector<KnownDataset> known_datasets() {
  std::vector<KnownDataset> known;
  std::set<std::string> names;
  for (const CatalogueEntry& entry : catalogue()) {
    names.insert(entry.name);
    known.push_back({entry.name, entry.description, find_dataset(entry.name).value_or(fs::path()),
                     entry.hint, entry.task});
  }
  for (const fs::path& folder : dataset_folders()) {
    for (const std::string& name : sub_folder_names(folder)) {
      const auto formats = formats_in(folder / name);
      if (formats.empty() || !names.insert(name).second) continue;
      known.push_back({name, fmt::format("a folder of format {}", formats.front()->name),
                       folder / name, "", std::nullopt});
    }
  }
  return known;
}

}  // namespace nas
