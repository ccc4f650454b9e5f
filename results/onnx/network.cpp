#include "results/onnx/network.hpp"

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "results/onnx/layers.hpp"
#include "results/onnx/translator.hpp"

namespace nas::onnx_export {

Translator::Translator(const Architecture& net, const ParameterStore& store,
                       const NetworkSettings& settings)
    : net_(net), store_(store), settings_(settings), graph_(settings.name) {
  if (settings.fold_batch_norm) norms_ = foldable_batch_norms(net);
}

Graph Translator::run() {
  std::map<NodeId, std::string> inputs;
  for (const NodeId node : net_.input_nodes()) {
    inputs[node] = graph_.input(net_.name(node), extents(net_.shape(node)));
  }
  std::vector<std::string> outputs;
  for (const NodeId node : net_.outputs()) outputs.push_back(graph_.reserve(net_.name(node)));
  for (NodeId node = 0; node < net_.size(); ++node) {
    const auto input = inputs.find(node);
    values_.push_back(input == inputs.end() ? translated(node)
                                            : normalised(node, {.name = input->second}));
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) add_output(net_.outputs()[i], outputs[i]);
  return graph_.finish();
}

Value Translator::normalised(NodeId node, const Value& input) {
  if (settings_.mean.empty() && settings_.deviation.empty()) return input;
  const auto channels = static_cast<std::size_t>(net_.shape(node).channels);
  if (settings_.mean.size() != channels || settings_.deviation.size() != channels) {
    throw Error(
        ErrorKind::space,
        fmt::format("input '{}' has {} channels, and there are {} means and {} deviations",
                    net_.name(node), channels, settings_.mean.size(), settings_.deviation.size()));
  }
  const Extents shape = {1, static_cast<std::int64_t>(channels), 1, 1};
  const std::string mean = graph_.constant(label(node, "mean"), shape, settings_.mean);
  const std::string deviation =
      graph_.constant(label(node, "deviation"), shape, settings_.deviation);
  const std::string centred = graph_.add("Sub", label(node, "centred"), {input.name, mean});
  return {.name = graph_.add("Div", label(node, "normalised"), {centred, deviation})};
}

Value Translator::translated(NodeId node) {
  const Op& op = net_.op(node);
  switch (op.kind()) {
    case OpKind::input:
      break;
    case OpKind::convolution:
      return convolution(node);
    case OpKind::linear:
      return linear(node);
    case OpKind::batch_norm:
      return batch_norm(node);
    case OpKind::relu:
      return unary(node, "Relu");
    case OpKind::relu6:
      return clip(node);
    case OpKind::leaky_relu:
      return unary(node, "LeakyRelu", {{"alpha", static_cast<float>(op.real("slope"))}});
    case OpKind::elu:
      return unary(node, "Elu", {{"alpha", static_cast<float>(op.real("alpha"))}});
    case OpKind::swish:
      return swish(node);
    case OpKind::h_swish:
      return unary(node, "HardSwish");
    case OpKind::sigmoid:
      return unary(node, "Sigmoid");
    case OpKind::h_sigmoid:
      return unary(node, "HardSigmoid", {{"alpha", 1.0F / 6}, {"beta", 0.5F}});
    case OpKind::tanh:
      return unary(node, "Tanh");
    case OpKind::softplus:
      return unary(node, "Softplus");
    case OpKind::identity:
    case OpKind::dropout:
    case OpKind::drop_path:
      return read(node);
    case OpKind::add:
      return add(node);
    case OpKind::mix:
      return mix(node);
    case OpKind::multiply:
    case OpKind::scale:
      return product(node);
    case OpKind::concat:
      return concat(node);
    case OpKind::slice:
      return slice(node);
    case OpKind::channel_shuffle:
      return channel_shuffle(node);
    case OpKind::shift:
      return shift(node);
    case OpKind::zero:
      return zero(node);
    case OpKind::max_pool:
      return pool(node, "MaxPool");
    case OpKind::average_pool:
      return pool(node, "AveragePool");
    case OpKind::global_max_pool:
      return on_image(node, "GlobalMaxPool");
    case OpKind::global_average_pool:
      return on_image(node, "GlobalAveragePool");
    case OpKind::upsample:
      return upsample(node);
  }
  throw Error(ErrorKind::internal, fmt::format("no ONNX for the op '{}'", op.row().name));
}

void Translator::add_output(NodeId node, const std::string& name) {
  const Shape& shape = net_.shape(node);
  const Value& value = values_[node];
  if (shape.pixels() != 1) return graph_.output(value.name, name, extents(shape));
  const std::string vector = value.is_vector ? value.name
                                             : graph_.add("Flatten", label(node, "vector"),
                                                          {value.name}, {{"axis", channel_axis}});
  graph_.output(vector, name, {shape.channels});
}

Translator::Operands Translator::operands(NodeId node, const std::vector<std::size_t>& which) {
  const auto& inputs = net_.inputs(node);
  Operands result{{}, true};
  for (const std::size_t i : which) result.are_vectors &= values_[inputs[i]].is_vector;
  for (const std::size_t i : which) {
    result.names.push_back(result.are_vectors ? values_[inputs[i]].name : as_image(inputs[i]));
  }
  return result;
}

std::vector<std::size_t> Translator::all_inputs(NodeId node) const {
  std::vector<std::size_t> all(net_.inputs(node).size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  return all;
}

Value Translator::clip(NodeId node) {
  const std::string low = graph_.scalar(label(node, "low"), 0);
  const std::string high = graph_.scalar(label(node, "high"), 6);
  return {graph_.add("Clip", net_.name(node), {read(node).name, low, high}), read(node).is_vector};
}

Value Translator::swish(NodeId node) {
  const Value& x = read(node);
  const std::string gate = graph_.add("Sigmoid", label(node, "sigmoid"), {x.name});
  return {graph_.add("Mul", net_.name(node), {x.name, gate}), x.is_vector};
}

Value Translator::sum(NodeId node, Operands terms) {
  if (terms.names.size() == 1) return {terms.names.front(), terms.are_vectors};
  const std::string op = terms.names.size() == 2 ? "Add" : "Sum";
  return {graph_.add(op, net_.name(node), std::move(terms.names)), terms.are_vectors};
}

Value Translator::add(NodeId node) {
  std::vector<std::size_t> terms = all_inputs(node);
  std::erase_if(terms, [&](std::size_t i) { return read(node, i).is_zero; });
  if (terms.empty()) return read(node);
  return sum(node, operands(node, terms));
}

Value Translator::product(NodeId node) {
  Operands factors = operands(node, all_inputs(node));
  return {graph_.add("Mul", net_.name(node), std::move(factors.names)), factors.are_vectors};
}

Graph to_onnx(const Architecture& architecture, const ParameterStore& store,
              const NetworkSettings& settings) {
  return Translator(architecture, store, settings).run();
}

}  // namespace nas::onnx_export
