// Ops with parameters.
#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "core/parameters/parameter_values.hpp"
#include "results/onnx/layers.hpp"
#include "results/onnx/translator.hpp"

namespace nas::onnx_export {

/// A whole stored tensor appears once, under its own name, however many nodes share it.
std::string Translator::weight_tensor(NodeId node, std::string_view suffix, bool folded,
                                      Floats values) {
  const ParameterReference reference = net_.reference(node, suffix);
  const bool is_whole = reference.views.empty() && !folded;
  if (is_whole) {
    const auto known = whole_tensors_.find(reference.name);
    if (known != whole_tensors_.end()) return known->second;
  }
  Extents shape = resolve(reference).shape;
  std::string name =
      graph_.constant(is_whole ? reference.name : fmt::format("{}.{}", net_.name(node), suffix),
                      shape, std::move(values));
  if (is_whole) whole_tensors_[reference.name] = name;
  return name;
}

void Translator::add_layer_tensors(NodeId node, std::vector<std::string>& inputs) {
  const auto norm = norms_.find(node);
  const bool folded = norm != norms_.end();
  LayerWeights layer =
      layer_weights(net_, node, folded ? std::optional(norm->second) : std::nullopt, store_);
  inputs.push_back(weight_tensor(node, "weight", folded, std::move(layer.weight)));
  if (layer.bias.empty()) return;
  if (!folded) {
    inputs.push_back(weight_tensor(node, "bias", false, std::move(layer.bias)));
    return;
  }
  const auto channels = static_cast<std::int64_t>(layer.bias.size());
  inputs.push_back(
      graph_.constant(fmt::format("{}.bias", net_.name(node)), {channels}, std::move(layer.bias)));
}

Value Translator::convolution(NodeId node) {
  const Op& op = net_.op(node);
  const auto [kernel, stride] = window(op);
  std::vector<std::string> inputs = {image_of(node)};
  add_layer_tensors(node, inputs);
  return {graph_.add("Conv", net_.name(node), std::move(inputs),
                     {{"kernel_shape", kernel},
                      {"strides", stride},
                      {"pads", pads(op)},
                      {"dilations", Extents{op.integer("dilation_h"), op.integer("dilation_w")}},
                      {"group", op.integer("groups")}})};
}

Value Translator::linear(NodeId node) {
  const Value& x = read(node);
  std::vector<std::string> inputs = {x.is_vector ? x.name
                                                 : graph_.add("Flatten", label(node, "flattened"),
                                                              {x.name}, {{"axis", channel_axis}})};
  add_layer_tensors(node, inputs);
  return {graph_.add("Gemm", net_.name(node), std::move(inputs), {{"transB", std::int64_t{1}}}),
          true};
}

Value Translator::batch_norm(NodeId node) {
  const auto folded = norms_.find(net_.inputs(node).front());
  if (folded != norms_.end()) return read(node);
  const Op& op = net_.op(node);
  std::vector<std::string> inputs = {read(node).name};
  const auto add_parameter = [&](std::string_view suffix) {
    inputs.push_back(
        weight_tensor(node, suffix, false, parameter_values(store_, net_.reference(node, suffix))));
  };
  if (op.integer("affine") != 0) {
    add_parameter("scale");
    add_parameter("shift");
  } else {
    const std::int64_t channels = net_.shape(node).channels;
    const auto count = static_cast<std::size_t>(channels);
    inputs.push_back(graph_.constant(label(node, "scale"), {channels}, Floats(count, 1.0F)));
    inputs.push_back(graph_.constant(label(node, "shift"), {channels}, Floats(count, 0.0F)));
  }
  add_parameter("running_mean");
  add_parameter("running_variance");
  return {graph_.add("BatchNormalization", net_.name(node), std::move(inputs),
                     {{"epsilon", static_cast<float>(op.real("epsilon"))}}),
          read(node).is_vector};
}

Value Translator::mix(NodeId node) {
  const Floats coefficients = parameter_values(store_, net_.reference(node, "coefficient"));
  std::vector<double> weights(coefficients.begin(), coefficients.end());
  if (net_.op(node).integer("softmax") != 0) {
    const double largest = *std::ranges::max_element(weights);
    double total = 0;
    for (double& weight : weights) total += weight = std::exp(weight - largest);
    for (double& weight : weights) weight /= total;
  }
  Operands terms = operands(node, all_inputs(node));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::string weight =
        graph_.scalar(label(node, fmt::format("weight{}", i)), static_cast<float>(weights[i]));
    terms.names[i] =
        graph_.add("Mul", label(node, fmt::format("term{}", i)), {terms.names[i], weight});
  }
  return sum(node, std::move(terms));
}

}  // namespace nas::onnx_export
