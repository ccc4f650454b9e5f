/// Ops with named settings, and the blocks that many networks are made of.
#pragma once

#include <cstdint>
#include <string>

#include "core/architecture/architecture.hpp"

namespace nas {

Op input_op(const Shape& shape);

struct ConvolutionSettings {
  std::int64_t out_channels = 0;
  std::int64_t kernel = 1;  ///< square; set "kernel_h" and "kernel_w" of the Op for others
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t groups = 1;
  bool bias = false;
};
/// Padded so that stride 1 keeps the resolution: dilation * (kernel - 1) / 2 on each side.
Op convolution(const ConvolutionSettings& settings);
Op linear(std::int64_t out_features, bool bias = true);

/// Rounds to a multiple of `divisor`, never more than 10 % down (Sandler et al. 2018,
/// `make_divisible` of the MobileNet family).
std::int64_t round_channels(double channels, std::int64_t divisor = 8);

/// Convolution `<name>`, batch norm `<name>.norm`, and, unless it is nothing, the activation.
struct Activation {
  bool present = true;
  OpKind kind = OpKind::relu;
};
NodeId add_convolution_block(Architecture& net, NodeId input, const std::string& name,
                             const ConvolutionSettings& settings, Activation activation);

/// Squeeze-and-excitation (Hu et al. 2017): global average pooling, 1x1 convolution with bias to
/// `hidden` channels, ReLU, 1x1 convolution with bias back, `gate`, scaling of the input.
NodeId add_squeeze_excitation(Architecture& net, NodeId input, const std::string& name,
                              std::int64_t hidden, OpKind gate);

/// MobileNetV2's inverted bottleneck: 1x1 expansion (absent at expansion 1), depthwise convolution,
/// optional squeeze-and-excitation, linear 1x1 projection, and the residual where `residual` asks
/// for it and shapes allow.
struct InvertedBottleneck {
  std::int64_t out_channels = 0;
  std::int64_t expansion = 1;
  std::int64_t kernel = 3;
  std::int64_t stride = 1;
  OpKind activation = OpKind::relu6;
  std::int64_t se_hidden = 0;  ///< 0: no squeeze-and-excitation
  OpKind se_gate = OpKind::sigmoid;
  bool residual = true;
};
NodeId add_inverted_bottleneck(Architecture& net, NodeId input, const std::string& name,
                               const InvertedBottleneck& block);

/// Global average pooling and a linear layer; marks the output.
NodeId add_classifier(Architecture& net, NodeId input, std::int64_t classes);

}  // namespace nas
