#include "core/architecture/blocks.hpp"

#include <algorithm>
#include <cmath>

namespace nas {

Op input_op(const Shape& shape) {
  return Op(OpKind::input)
      .set("channels", static_cast<double>(shape.channels))
      .set("height", static_cast<double>(shape.height))
      .set("width", static_cast<double>(shape.width));
}

Op convolution(const ConvolutionSettings& settings) {
  const auto kernel = static_cast<double>(settings.kernel);
  const auto stride = static_cast<double>(settings.stride);
  const auto dilation = static_cast<double>(settings.dilation);
  const std::int64_t margin = settings.dilation * (settings.kernel - 1) / 2;  // of odd kernels
  const auto padding = static_cast<double>(margin);
  return Op(OpKind::convolution)
      .set("out_channels", static_cast<double>(settings.out_channels))
      .set("kernel_h", kernel)
      .set("kernel_w", kernel)
      .set("stride_h", stride)
      .set("stride_w", stride)
      .set("padding_h", padding)
      .set("padding_w", padding)
      .set("dilation_h", dilation)
      .set("dilation_w", dilation)
      .set("groups", static_cast<double>(settings.groups))
      .set("bias", settings.bias ? 1 : 0);
}

Op linear(std::int64_t out_features, bool bias) {
  return Op(OpKind::linear)
      .set("out_features", static_cast<double>(out_features))
      .set("bias", bias ? 1 : 0);
}

std::int64_t round_channels(double channels, std::int64_t divisor) {
  const auto step = static_cast<double>(divisor);
  const double nearest = std::floor((channels + step / 2) / step) * step;
  double rounded = std::max(nearest, step);
  if (rounded < 0.9 * channels) rounded += step;
  return static_cast<std::int64_t>(rounded);
}

NodeId add_convolution_block(Architecture& net, NodeId input, const std::string& name,
                             const ConvolutionSettings& settings, Activation activation) {
  NodeId x = net.add(convolution(settings), {input}, name);
  x = net.add(Op(OpKind::batch_norm), {x}, name + ".norm");
  return activation.present ? net.add(Op(activation.kind), {x}, name + ".activation") : x;
}

NodeId add_squeeze_excitation(Architecture& net, NodeId input, const std::string& name,
                              std::int64_t hidden, OpKind gate) {
  const std::int64_t channels = net.shape(input).channels;
  NodeId s = net.add(Op(OpKind::global_average_pool), {input}, name + ".pool");
  s = net.add(convolution({.out_channels = hidden, .bias = true}), {s}, name + ".reduce");
  s = net.add(Op(OpKind::relu), {s}, name + ".activation");
  s = net.add(convolution({.out_channels = channels, .bias = true}), {s}, name + ".expand");
  s = net.add(Op(gate), {s}, name + ".gate");
  return net.add(Op(OpKind::scale), {input, s}, name + ".scale");
}

NodeId add_inverted_bottleneck(Architecture& net, NodeId input, const std::string& name,
                               const InvertedBottleneck& block) {
  const Activation activation{.kind = block.activation};
  const std::int64_t width = net.shape(input).channels * block.expansion;
  NodeId x = input;
  if (block.expansion != 1) {
    x = add_convolution_block(net, x, name + ".expand", {.out_channels = width}, activation);
  }
  x = add_convolution_block(
      net, x, name + ".depthwise",
      {.out_channels = width, .kernel = block.kernel, .stride = block.stride, .groups = width},
      activation);
  if (block.se_hidden > 0) {
    x = add_squeeze_excitation(net, x, name + ".se", block.se_hidden, block.se_gate);
  }
  x = add_convolution_block(net, x, name + ".project", {.out_channels = block.out_channels},
                            {.present = false});
  if (!block.residual || net.shape(x) != net.shape(input)) return x;
  return net.add(Op(OpKind::add), {input, x}, name + ".add");
}

NodeId add_classifier(Architecture& net, NodeId input, std::int64_t classes) {
  const NodeId x = net.add(Op(OpKind::global_average_pool), {input}, "pool");
  const NodeId logits = net.add(linear(classes), {x}, "classifier");
  net.mark_output(logits);
  return logits;
}

}  // namespace nas
