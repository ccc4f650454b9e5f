/// Where datasets that are known by name are looked for.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/architecture/shape.hpp"

namespace nas {

/// A dataset that this program knows more about than its files tell.
struct CatalogueEntry {
  std::string name;
  std::string description;
  std::string hint;  ///< how to get it
  Task task;
  std::vector<std::string> class_names;
};
const std::vector<CatalogueEntry>& catalogue();

/// The folders that hold datasets by name: those of NAS_DATA_PATH (separated by colons), then
/// /usr/share/datasets, where Debian's packages put theirs.
std::vector<std::filesystem::path> dataset_folders();

/// The first of these folders that has a sub-folder `name`.
std::optional<std::filesystem::path> find_dataset(const std::string& name);

}  // namespace nas
