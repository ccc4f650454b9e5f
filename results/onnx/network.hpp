/// From a network and its weights to a graph of ONNX operators.
#pragma once

#include <string>
#include <vector>

#include "core/architecture/architecture.hpp"
#include "core/parameters/parameter_store.hpp"
#include "results/onnx/graph.hpp"

namespace nas::onnx_export {

struct NetworkSettings {
  std::string name = "network";  ///< of the graph
  /// Batch norms that read a convolution or a linear layer which nothing else reads become part of
  /// its weights.
  bool fold_batch_norm = false;
  /// By channel, of a network that is to normalise its input itself: (x - mean) / deviation. Empty:
  /// it reads what the engine reads.
  std::vector<float> mean = {};
  std::vector<float> deviation = {};
};

/// The network in inference mode: batch norm by its running statistics, nothing dropped, all
/// inputs of a gated mix open. Inputs are N x C x H x W, outputs too or, of one pixel, N x C; they
/// have the names of their nodes. Throws Error(space) where the store lacks a parameter or holds it
/// with another shape, and where there are not as many means and deviations as channels.
Graph to_onnx(const Architecture& architecture, const ParameterStore& store,
              const NetworkSettings& settings);

}  // namespace nas::onnx_export
