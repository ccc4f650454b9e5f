#include "search_spaces/mlperf_tiny.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/architecture/blocks.hpp"

namespace nas {
namespace {

/// Enough on both sides that the output has size / stride pixels, rounded up.
std::int64_t same_padding(std::int64_t size, std::int64_t kernel, std::int64_t stride) {
  const std::int64_t outputs = (size + stride - 1) / stride;
  return (std::max<std::int64_t>((outputs - 1) * stride + kernel - size, 0) + 1) / 2;
}

/// A convolution with bias, batch norm and, unless it is linear, ReLU. `name` as for others.
NodeId add_biased_block(Architecture& net, NodeId input, const std::string& name,
                        ConvolutionSettings settings, bool linear = false) {
  settings.bias = true;
  return add_convolution_block(net, input, name, settings, {.present = !linear});
}

/// A depthwise 3x3 and a pointwise convolution.
NodeId add_separable(Architecture& net, NodeId input, const std::string& name,
                     std::int64_t channels, std::int64_t stride) {
  const std::int64_t width = net.shape(input).channels;
  const NodeId x =
      add_biased_block(net, input, name + ".depthwise",
                       {.out_channels = width, .kernel = 3, .stride = stride, .groups = width});
  return add_biased_block(net, x, name + ".pointwise", {.out_channels = channels});
}

/// He et al. 2015 for CIFAR-10, with one block a stage and a convolution in shortcuts.
Architecture resnet8(const Task& task) {
  Architecture net;
  NodeId x = net.add(input_op(task.input), {}, "image");
  x = add_biased_block(net, x, "stem", {.out_channels = 16, .kernel = 3});
  for (const int stage : {1, 2, 3}) {
    const std::string name = fmt::format("stage{}", stage);
    const std::int64_t channels = 8 << stage;
    const std::int64_t stride = stage == 1 ? 1 : 2;
    NodeId y = add_biased_block(net, x, name + ".first",
                                {.out_channels = channels, .kernel = 3, .stride = stride});
    y = add_biased_block(net, y, name + ".second", {.out_channels = channels, .kernel = 3}, true);
    if (stage > 1) {
      x = net.add(convolution({.out_channels = channels, .stride = stride, .bias = true}), {x},
                  name + ".shortcut");
    }
    x = net.add(Op(OpKind::add), {x, y}, name + ".add");
    x = net.add(Op(OpKind::relu), {x}, name + ".activation");
  }
  add_classifier(net, x, task.classes);
  return net;
}

/// Howard et al. 2017, with a quarter of the channels.
Architecture mobilenet_v1_quarter(const Task& task) {
  struct Row {
    std::int64_t channels, stride;
  };
  constexpr std::array<Row, 13> rows = {{{16, 1},
                                         {32, 2},
                                         {32, 1},
                                         {64, 2},
                                         {64, 1},
                                         {128, 2},
                                         {128, 1},
                                         {128, 1},
                                         {128, 1},
                                         {128, 1},
                                         {128, 1},
                                         {256, 2},
                                         {256, 1}}};
  Architecture net;
  NodeId x = net.add(input_op(task.input), {}, "image");
  x = add_biased_block(net, x, "stem", {.out_channels = 8, .kernel = 3, .stride = 2});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    x = add_separable(net, x, fmt::format("block{}", i + 1), rows[i].channels, rows[i].stride);
  }
  add_classifier(net, x, task.classes);
  return net;
}

/// Zhang et al. 2017, the small one: for spectrograms of words, 10 times as high as wide.
Architecture ds_cnn(const Task& task) {
  constexpr std::int64_t channels = 64, height = 10, width = 4, stride = 2;
  Architecture net;
  NodeId x = net.add(input_op(task.input), {}, "image");
  Op stem = convolution({.out_channels = channels, .stride = stride, .bias = true});
  const auto padding_h = same_padding(task.input.height, height, stride);
  const auto padding_w = same_padding(task.input.width, width, stride);
  x = net.add(stem.set("kernel_h", static_cast<double>(height))
                  .set("kernel_w", static_cast<double>(width))
                  .set("padding_h", static_cast<double>(padding_h))
                  .set("padding_w", static_cast<double>(padding_w)),
              {x}, "stem");
  x = net.add(Op(OpKind::batch_norm), {x}, "stem.norm");
  x = net.add(Op(OpKind::relu), {x}, "stem.activation");
  x = net.add(Op(OpKind::dropout).set("p", 0.2), {x}, "stem.dropout");
  for (const int block : {1, 2, 3, 4}) {
    x = add_separable(net, x, fmt::format("block{}", block), channels, 1);
  }
  x = net.add(Op(OpKind::dropout).set("p", 0.4), {x}, "dropout");
  add_classifier(net, x, task.classes);
  return net;
}

}  // namespace

std::vector<NamedArchitecture> mlperf_tiny_networks() {
  return {{"resnet8",
           "ResNet-8 of MLPerf Tiny (Banbury et al. 2021), for image classification.",
           {{3, 32, 32}, 10},
           resnet8},
          {"mobilenetv1-0.25",
           "MobileNetV1 with a quarter of the channels, of MLPerf Tiny (Banbury et al. 2021), for "
           "visual wake words.",
           {{3, 96, 96}, 2},
           mobilenet_v1_quarter},
          {"ds-cnn",
           "DS-CNN of MLPerf Tiny (Banbury et al. 2021), for keyword spotting.",
           {{1, 49, 10}, 12},
           ds_cnn}};
}

}  // namespace nas
