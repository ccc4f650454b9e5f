/// Other resolutions in ONNX, exactly as the engine has them.
#pragma once

#include <string>

#include "core/architecture/shape.hpp"
#include "results/onnx/graph.hpp"

namespace nas::onnx_export {

struct Upsampling {
  Shape input;
  Shape output;
  bool bilinear = false;
};

/// Returns the name of the value. Pixels are squares (`half_pixel`); nearest takes the pixel that
/// holds the upper left corner.
std::string add_upsampling(GraphBuilder& graph, const std::string& image, const std::string& name,
                           const Upsampling& upsampling);

}  // namespace nas::onnx_export
