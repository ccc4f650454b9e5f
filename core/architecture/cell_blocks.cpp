#include "core/architecture/cell_blocks.hpp"

namespace nas {
namespace {

Op pool(OpKind kind, std::int64_t kernel, std::int64_t stride) {
  const auto size = static_cast<double>(kernel), step = static_cast<double>(stride);
  const std::int64_t half = kernel / 2;
  const auto padding = static_cast<double>(half);
  return Op(kind)
      .set("kernel_h", size)
      .set("kernel_w", size)
      .set("stride_h", step)
      .set("stride_w", step)
      .set("padding_h", padding)
      .set("padding_w", padding);
}

}  // namespace

Op batch_norm(bool affine) { return Op(OpKind::batch_norm).set("affine", affine ? 1 : 0); }
Op max_pool(std::int64_t kernel, std::int64_t stride) {
  return pool(OpKind::max_pool, kernel, stride);
}
Op average_pool(std::int64_t kernel, std::int64_t stride) {
  return pool(OpKind::average_pool, kernel, stride);
}

NodeId add_convolution_norm(Architecture& net, NodeId input, const std::string& name,
                            const ConvolutionSettings& settings, bool affine) {
  const NodeId x = net.add(convolution(settings), {input}, name);
  return net.add(batch_norm(affine), {x}, name + ".norm");
}

NodeId add_relu_convolution_norm(Architecture& net, NodeId input, const std::string& name,
                                 const ConvolutionSettings& settings, bool affine) {
  const NodeId x = net.add(Op(OpKind::relu), {input}, name + ".activation");
  return add_convolution_norm(net, x, name, settings, affine);
}

NodeId add_dilated_convolution(Architecture& net, NodeId input, const std::string& name,
                               const SeparableConvolution& settings) {
  const std::int64_t channels = net.shape(input).channels;
  NodeId x = net.add(Op(OpKind::relu), {input}, name + ".activation");
  x = net.add(convolution({.out_channels = channels,
                           .kernel = settings.kernel,
                           .stride = settings.stride,
                           .dilation = settings.dilation,
                           .groups = channels}),
              {x}, name + ".depthwise");
  return add_convolution_norm(net, x, name + ".pointwise", {.out_channels = settings.out_channels},
                              settings.affine);
}

NodeId add_separable_convolution(Architecture& net, NodeId input, const std::string& name,
                                 const SeparableConvolution& settings) {
  SeparableConvolution first = settings, second = settings;
  first.out_channels = net.shape(input).channels;
  second.stride = 1;
  const NodeId x = add_dilated_convolution(net, input, name + ".first", first);
  return add_dilated_convolution(net, x, name + ".second", second);
}

NodeId add_factorised_reduction(Architecture& net, NodeId input, const std::string& name,
                                const FactorisedReduction& settings) {
  const std::int64_t half = settings.out_channels / 2;
  const Op shift = Op(OpKind::shift).set("top", 1).set("left", 1).set("pad", settings.pad ? 1 : 0);
  const NodeId x = net.add(Op(OpKind::relu), {input}, name + ".activation");
  const NodeId first =
      net.add(convolution({.out_channels = half, .stride = 2}), {x}, name + ".first");
  const NodeId shifted = net.add(shift, {x}, name + ".shift");
  const NodeId second =
      net.add(convolution({.out_channels = settings.out_channels - half, .stride = 2}), {shifted},
              name + ".second");
  const NodeId joined = net.add(Op(OpKind::concat), {first, second}, name + ".concat");
  return net.add(batch_norm(settings.affine), {joined}, name + ".norm");
}

}  // namespace nas
