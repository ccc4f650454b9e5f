/// ONNX models as bytes.
#pragma once

#include <map>
#include <string>

#include "results/onnx/graph.hpp"

namespace nas::onnx_export {

/// What a model says of itself besides its graph.
struct ModelNotes {
  std::string producer_version = {};
  std::string description = {};
  std::map<std::string, std::string> metadata = {};
};

/// The serialised model, checked by onnx::checker and with all shapes inferred, strictly: types,
/// ranks and sizes agree with those of the graph's outputs. The same graph gives the same bytes.
/// Throws Error(space) where the model is larger than the format allows (2 GiB), Error(internal)
/// where the checks find something, which is a defect of the translation.
std::string serialised(const Graph& graph, const ModelNotes& notes);

}  // namespace nas::onnx_export
