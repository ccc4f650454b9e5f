#include "search_spaces/nasbot_network.hpp"

#include <fmt/format.h>

#include "core/architecture/blocks.hpp"
#include "core/base/error.hpp"

namespace nas {
namespace {

using Label = NasBotLabel;

std::int64_t kernel_of(Label label) {
  switch (label) {
    case Label::conv5:
    case Label::res5:
      return 5;
    case Label::conv7:
    case Label::res7:
      return 7;
    default:
      return 3;
  }
}

OpKind activation_of(Label label) {
  switch (label) {
    case Label::leaky_relu:
      return OpKind::leaky_relu;
    case Label::softplus:
      return OpKind::softplus;
    case Label::elu:
      return OpKind::elu;
    case Label::logistic:
      return OpKind::sigmoid;
    case Label::tanh:
      return OpKind::tanh;
    default:
      return OpKind::relu;
  }
}

/// 2x2 with stride 2. An odd side gets a row in front, which does not count: so its result has half
/// of the pixels, rounded up, as behind a convolution of stride 2.
NodeId add_halving_pool(Architecture& net, NodeId input, const std::string& name, OpKind kind) {
  constexpr double window = 2;
  const Shape& shape = net.shape(input);
  return net.add(Op(kind)
                     .set("kernel_h", window)
                     .set("kernel_w", window)
                     .set("stride_h", window)
                     .set("stride_w", window)
                     .set("padding_h", static_cast<double>(shape.height % 2))
                     .set("padding_w", static_cast<double>(shape.width % 2)),
                 {input}, name);
}

/// The first of the channels, or zeros behind them.
NodeId add_channels(Architecture& net, NodeId input, const std::string& name,
                    std::int64_t channels) {
  const std::int64_t present = net.shape(input).channels;
  if (present == channels) return input;
  if (present > channels) {
    return net.add(Op(OpKind::slice).set("count", static_cast<double>(channels)), {input},
                   name + ".slice");
  }
  const NodeId zeros =
      net.add(Op(OpKind::zero).set("out_channels", static_cast<double>(channels - present)),
              {input}, name + ".zeros");
  return net.add(Op(OpKind::concat), {input, zeros}, name + ".padded");
}

NodeId add_residual(Architecture& net, NodeId input, const std::string& name,
                    const ConvolutionSettings& settings) {
  ConvolutionSettings second = settings;
  second.stride = 1;
  NodeId x = add_convolution_block(net, input, name + ".first", settings, {});
  x = add_convolution_block(net, x, name + ".second", second, {.present = false});
  NodeId shortcut = input;
  if (settings.stride == 2) {
    shortcut = add_halving_pool(net, input, name + ".shortcut", OpKind::average_pool);
  }
  shortcut = add_channels(net, shortcut, name, settings.out_channels);
  x = net.add(Op(OpKind::add), {shortcut, x}, name + ".add");
  return net.add(Op(OpKind::relu), {x}, name + ".activation");
}

/// One linear layer over everything at once, whatever its shape: the sum of one for each input.
NodeId add_dense(Architecture& net, const std::vector<NodeId>& inputs, const std::string& name,
                 std::int64_t features) {
  std::vector<NodeId> terms;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    terms.push_back(net.add(
        linear(features, i == 0), {inputs[i]},
        fmt::format("{}.term{}from{}to{}", name, i, net.shape(inputs[i]).elements(), features)));
  }
  return terms.size() == 1 ? terms.front() : net.add(Op(OpKind::add), terms, name + ".sum");
}

class Builder {
 public:
  Builder(const NasBotGraph& graph, NasBotKind kind, const Task& task)
      : graph_(graph), kind_(kind), task_(task) {}

  Architecture built() {
    for (std::size_t i = 0; i < graph_.size(); ++i) nodes_.push_back(add(i));
    net_.mark_output(nodes_.back());
    return std::move(net_);
  }

 private:
  NodeId add(std::size_t i) {
    const NasBotLayer& layer = graph_[i];
    if (layer.label == Label::input) return net_.add(input_op(task_.input), {}, "image");
    const std::string name = fmt::format("layer{}.{}", i, label_name(layer.label));
    if (layer.label == Label::output) {
      return layer.parents.size() == 1 ? nodes_[layer.parents[0]]
                                       : net_.add(Op(OpKind::add), inputs(layer), name);
    }
    if (kind_ == NasBotKind::mlp) {
      const bool decides = layer.label == Label::softmax;
      const NodeId x = add_dense(net_, inputs(layer), name, decides ? task_.classes : layer.units);
      return decides ? x : net_.add(Op(activation_of(layer.label)), {x}, name + ".activation");
    }
    return add_image_layer(layer, name);
  }

  NodeId add_image_layer(const NasBotLayer& layer, const std::string& name) {
    NodeId x = layer.parents.size() == 1
                   ? nodes_[layer.parents[0]]
                   : net_.add(Op(OpKind::concat), inputs(layer), name + ".in");
    if (is_pool(layer.label)) {
      const bool most = layer.label == Label::max_pool;
      return add_halving_pool(net_, x, name, most ? OpKind::max_pool : OpKind::average_pool);
    }
    const auto weights = [&](std::int64_t out) {
      return fmt::format("{}.c{}to{}", name, net_.shape(x).channels, out);
    };
    if (is_convolution(layer.label)) {
      const ConvolutionSettings settings{
          .out_channels = layer.units, .kernel = kernel_of(layer.label), .stride = layer.stride};
      return layer.label >= Label::res3
                 ? add_residual(net_, x, weights(layer.units), settings)
                 : add_convolution_block(net_, x, weights(layer.units), settings, {});
    }
    const bool is_image = graph_[layer.parents[0]].label != Label::fully_connected;
    if (is_image) x = net_.add(Op(OpKind::global_average_pool), {x}, name + ".pool");
    if (layer.label == Label::softmax) {
      return net_.add(linear(task_.classes), {x}, weights(task_.classes));
    }
    x = net_.add(linear(layer.units), {x}, weights(layer.units));
    return net_.add(Op(OpKind::relu), {x}, name + ".activation");
  }

  std::vector<NodeId> inputs(const NasBotLayer& layer) const {
    std::vector<NodeId> result;
    for (const std::size_t parent : layer.parents) result.push_back(nodes_[parent]);
    return result;
  }

  const NasBotGraph& graph_;
  NasBotKind kind_;
  const Task& task_;
  Architecture net_;
  std::vector<NodeId> nodes_;  ///< of the layers
};

}  // namespace

Architecture build_nasbot(const NasBotGraph& graph, NasBotKind kind, const Task& task) {
  return Builder(graph, kind, task).built();
}

}  // namespace nas
