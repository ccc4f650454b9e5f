/// A network with its weights as an ONNX model, and what the model says of itself.
#pragma once

#include <map>
#include <string>

#include "cli/command.hpp"
#include "cli/export_source.hpp"

namespace nas::cli {

struct OnnxExport {
  std::string bytes;
  std::map<std::string, std::string> metadata;  ///< results/EXPORT.md has the names
  nlohmann::json inputs;                        ///< array of {"name", "shape"}, the batch is "N"
  nlohmann::json outputs;                       ///< likewise
  std::size_t operators = 0;
};

/// With the options --fold-bn, --raw-input, --weights, --initial-weights and --seed. Throws
/// Error(usage) where there are no weights, Error(data) where those named do not fit the network or
/// do not say what --raw-input needs, and what reading them throws.
OnnxExport export_onnx(const ExportSource& source, const Arguments& arguments);

}  // namespace nas::cli
