/// Op by op from an architecture to a graph: what `to_onnx` does, in parts.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "results/onnx/network.hpp"

namespace nas::onnx_export {

using Attributes = std::map<std::string, AttributeValue>;
using Floats = std::vector<float>;

inline constexpr std::int64_t channel_axis = 1;

/// A node's value: N x C x H x W or, of one pixel, as N x C.
struct Value {
  std::string name;
  bool is_vector = false;
  bool is_zero = false;  ///< everywhere, so that sums can leave it out
};

/// Used once. Ops are translated in the order of the nodes, each into operators that read the
/// values of its inputs.
class Translator {
 public:
  Translator(const Architecture& net, const ParameterStore& store, const NetworkSettings& settings);

  Graph run();

 private:
  static Extents extents(const Shape& shape) { return {shape.channels, shape.height, shape.width}; }

  static std::pair<Extents, Extents> window(const Op& op) {
    return {{op.integer("kernel_h"), op.integer("kernel_w")},
            {op.integer("stride_h"), op.integer("stride_w")}};
  }
  static Extents pads(const Op& op) {
    const std::int64_t h = op.integer("padding_h"), w = op.integer("padding_w");
    return {h, w, h, w};
  }

  const Value& read(NodeId node, std::size_t input = 0) const {
    return values_[net_.inputs(node)[input]];
  }
  std::string label(NodeId node, std::string_view part) const {
    return fmt::format("{}/{}", net_.name(node), part);
  }

  std::string as_image(NodeId producer) {
    const Value& value = values_[producer];
    if (!value.is_vector) return value.name;
    const std::string axes = graph_.constant(label(producer, "axes"), {2, 3});
    return graph_.add("Unsqueeze", label(producer, "image"), {value.name, axes});
  }
  std::string image_of(NodeId node, std::size_t input = 0) {
    return as_image(net_.inputs(node)[input]);
  }

  Value normalised(NodeId node, const Value& input);
  Value translated(NodeId node);
  void add_output(NodeId node, const std::string& name);

  Value unary(NodeId node, const std::string& op, Attributes attributes = {}) {
    const Value& x = read(node);
    return {graph_.add(op, net_.name(node), {x.name}, std::move(attributes)), x.is_vector};
  }
  Value on_image(NodeId node, const std::string& op, Attributes attributes = {}) {
    return {graph_.add(op, net_.name(node), {image_of(node)}, std::move(attributes))};
  }
  /// The values of all inputs, all vectors or all images.
  struct Operands {
    std::vector<std::string> names;
    bool are_vectors;
  };
  Operands operands(NodeId node, const std::vector<std::size_t>& which);
  std::vector<std::size_t> all_inputs(NodeId node) const;

  Value convolution(NodeId node);
  Value linear(NodeId node);
  std::string weight_tensor(NodeId node, std::string_view suffix, bool folded, Floats values);
  void add_layer_tensors(NodeId node, std::vector<std::string>& inputs);
  Value batch_norm(NodeId node);
  Value clip(NodeId node);
  Value swish(NodeId node);
  Value add(NodeId node);
  Value mix(NodeId node);
  Value sum(NodeId node, Operands terms);
  Value product(NodeId node);
  Value concat(NodeId node);
  Value slice(NodeId node);
  Value channel_shuffle(NodeId node);
  Value shift(NodeId node);
  Value zero(NodeId node);
  Value pool(NodeId node, const std::string& op);
  Value upsample(NodeId node);

  const Architecture& net_;
  const ParameterStore& store_;
  const NetworkSettings& settings_;
  GraphBuilder graph_;
  std::map<NodeId, NodeId> norms_;  ///< that are folded, by the layer that they are folded into
  std::vector<Value> values_;       ///< by node
  std::map<std::string, std::string> whole_tensors_;  ///< by stored tensor: its name in the graph
};

}  // namespace nas::onnx_export
