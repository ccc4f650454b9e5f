/// Layers with everything decided, as ops.
#pragma once

#include <string>

#include "core/architecture/architecture.hpp"
#include "search_spaces/staged/description.hpp"

namespace nas {

/// What holds for all layers of a network.
struct LayerRules {
  SqueezeRule squeeze;
  bool affine = true;  ///< of batch norms
};

struct Layer {
  std::string name;  ///< of its weights
  BlockOp op = BlockOp::inverted_bottleneck;
  std::int64_t width = 0;  ///< output channels
  std::int64_t kernel = 3;
  std::int64_t expansion = 1;
  std::int64_t stride = 1;
  std::int64_t groups = 1;
  double se = 0;
  Skip skip = Skip::none;
  double branch = 1;
  OpKind activation = OpKind::relu;
};

/// Convolution `<name>`, batch norm, activation.
NodeId add_plain_convolution(Architecture& net, NodeId input, const std::string& name,
                             const ConvolutionSettings& settings, OpKind activation, bool affine);
/// Returns `input` for an identity. Throws Error(space) where channels do not fit.
NodeId add_layer(Architecture& net, NodeId input, const Layer& layer, const LayerRules& rules);

}  // namespace nas
