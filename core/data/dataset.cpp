#include "core/data/dataset.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/data/catalogue.hpp"
#include "core/data/completion.hpp"
#include "core/data/formats.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

constexpr const char* folder_advice =
    "a folder of yours is given by its path, such as './photos' or '/data/photos'";

const CatalogueEntry* find_entry(const std::string& name) {
  const auto entry = std::ranges::find(catalogue(), name, &CatalogueEntry::name);
  return entry == catalogue().end() ? nullptr : &*entry;
}

[[noreturn]] void throw_not_installed(const CatalogueEntry& entry) {
  std::vector<std::string> searched;
  for (const fs::path& path : dataset_folders()) searched.push_back(path.string());
  throw Error(ErrorKind::data,
              fmt::format("the dataset '{}' is not installed (looked in: {}); to get it: {}",
                          entry.name, fmt::join(searched, ", "), entry.hint));
}

[[noreturn]] void throw_unknown(const std::string& name) {
  std::vector<std::string> names;
  for (const KnownDataset& known : known_datasets()) names.push_back(known.name);
  throw Error(ErrorKind::data, fmt::format("no dataset or folder is called '{}'{}; {}", name,
                                           suggestion(name, names), folder_advice));
}

/// Names win over folders of the working directory, so that what a name means does not depend on
/// where the program is started.
fs::path locate(const std::string& name_or_folder) {
  std::error_code none;
  const bool is_path = name_or_folder.find('/') != std::string::npos || name_or_folder == "." ||
                       name_or_folder == "..";
  if (!is_path && !name_or_folder.empty()) {
    if (const auto folder = find_dataset(name_or_folder)) return *folder;
    if (const auto* entry = find_entry(name_or_folder)) throw_not_installed(*entry);
  }
  fs::path folder(name_or_folder);
  if (fs::is_directory(folder, none)) return folder;
  if (fs::exists(folder, none)) {
    throw Error(ErrorKind::data, fmt::format("'{}' is a file; give the folder that holds the "
                                             "dataset's files",
                                             name_or_folder));
  }
  if (!is_path) throw_unknown(name_or_folder);
  throw Error(ErrorKind::data, fmt::format("there is no folder '{}'", name_or_folder));
}

const DatasetFormat& detect_format(const fs::path& folder) {
  const auto formats = formats_in(folder);
  if (formats.size() > 1) {
    throw Error(ErrorKind::data,
                fmt::format("'{}' holds files of two formats, '{}' and '{}'; leave those of one",
                            folder.string(), formats[0]->name, formats[1]->name));
  }
  if (!formats.empty()) return *formats.front();
  std::string looked_for;
  for (const DatasetFormat& format : dataset_formats()) {
    looked_for += fmt::format("\n  {}: {}", format.name, format.files);
  }
  std::error_code error;
  const bool empty = fs::is_empty(folder, error);
  if (error) {
    throw Error(ErrorKind::io,
                fmt::format("cannot read the folder '{}': {}", folder.string(), error.message()));
  }
  throw Error(ErrorKind::data, fmt::format("{} '{}'; a dataset is one of{}",
                                           empty ? "nothing is in the folder"
                                                 : "no dataset's files are in the folder",
                                           folder.string(), looked_for));
}

}  // namespace

std::shared_ptr<const Dataset> load_dataset(const std::string& name_or_folder) {
  const fs::path folder = locate(name_or_folder);
  const DatasetFormat& format = detect_format(folder);
  auto dataset = std::make_shared<Dataset>(format.read(folder));
  dataset->location = fs::absolute(folder).lexically_normal();
  if (!dataset->location.has_filename()) dataset->location = dataset->location.parent_path();
  dataset->name = dataset->location.filename().string();
  dataset->format = format.name;
  complete_dataset(*dataset);
  const CatalogueEntry* entry = find_entry(dataset->name);
  const auto classes = static_cast<std::size_t>(dataset->classes);
  if (entry && dataset->class_names.empty() && entry->class_names.size() == classes) {
    dataset->class_names = entry->class_names;
  }
  return dataset;
}

}  // namespace nas
