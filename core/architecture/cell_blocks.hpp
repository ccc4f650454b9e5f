/// What the edges of cells are made of: the ops of DARTS and NASNet (ReLU first, batch norm last).
#pragma once

#include <cstdint>
#include <string>

#include "core/architecture/blocks.hpp"

namespace nas {

Op batch_norm(bool affine);
/// Square, padded by kernel / 2, over what lies in the image.
Op max_pool(std::int64_t kernel, std::int64_t stride);
Op average_pool(std::int64_t kernel, std::int64_t stride);

/// Convolution `<name>`, batch norm `<name>.norm`.
NodeId add_convolution_norm(Architecture& net, NodeId input, const std::string& name,
                            const ConvolutionSettings& settings, bool affine = true);

/// ReLU, convolution, batch norm: DARTS' preprocessing, NAS-Bench-201's nor_conv.
NodeId add_relu_convolution_norm(Architecture& net, NodeId input, const std::string& name,
                                 const ConvolutionSettings& settings, bool affine = true);

struct SeparableConvolution {
  std::int64_t out_channels = 0;
  std::int64_t kernel = 3;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  bool affine = true;
};

/// ReLU, depthwise, pointwise, batch norm; DARTS' dil_conv at dilation 2.
NodeId add_dilated_convolution(Architecture& net, NodeId input, const std::string& name,
                               const SeparableConvolution& settings);

/// The same twice, as DARTS' and NASNet's sep_conv: the first keeps the channels and has the
/// stride, the second has stride 1. Nothing lies between depthwise and pointwise.
NodeId add_separable_convolution(Architecture& net, NodeId input, const std::string& name,
                                 const SeparableConvolution& settings);

struct FactorisedReduction {
  std::int64_t out_channels = 0;
  bool affine = true;
  /// NASNet and NAS-Bench-201 pad the shifted image at the bottom and on the right; DARTS does not.
  /// For even sizes both give the same; at odd ones only the padded image has as many pixels left
  /// as the other half, and the unpadded is rejected.
  bool pad = true;
};

/// ReLU, two 1x1 convolutions of stride 2 side by side, each with half of the channels (the second
/// has the odd one), batch norm. The second reads the image without its first row and column.
NodeId add_factorised_reduction(Architecture& net, NodeId input, const std::string& name,
                                const FactorisedReduction& settings);

}  // namespace nas
