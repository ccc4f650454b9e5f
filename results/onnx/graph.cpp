#include "results/onnx/graph.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace nas::onnx_export {

std::string GraphBuilder::reserve(const std::string& wanted) {
  std::string name = wanted;
  for (int number = 2; !names_.insert(name).second; ++number) {
    name = fmt::format("{}_{}", wanted, number);
  }
  return name;
}

std::string GraphBuilder::input(const std::string& name, Extents shape) {
  graph_.inputs.push_back({reserve(name), std::move(shape)});
  return graph_.inputs.back().name;
}

std::string GraphBuilder::add(const std::string& op, const std::string& name,
                              std::vector<std::string> inputs,
                              std::map<std::string, AttributeValue> attributes) {
  std::string value = reserve(name);
  graph_.nodes.push_back({op, value, std::move(inputs), value, std::move(attributes)});
  return value;
}

std::string GraphBuilder::constant(const std::string& name, Extents shape,
                                   std::vector<float> values) {
  graph_.initializers.push_back({reserve(name), std::move(shape), std::move(values)});
  return graph_.initializers.back().name;
}

std::string GraphBuilder::constant(const std::string& name, std::vector<std::int64_t> values) {
  Extents shape = {static_cast<std::int64_t>(values.size())};
  graph_.initializers.push_back({reserve(name), std::move(shape), std::move(values)});
  return graph_.initializers.back().name;
}

std::string GraphBuilder::scalar(const std::string& name, float value) {
  return constant(name, {}, std::vector<float>{value});
}

bool GraphBuilder::is_computed(const std::string& value) const {
  return std::ranges::find(graph_.nodes, value, &Node::output) != graph_.nodes.end();
}

void GraphBuilder::rename(const std::string& from, const std::string& to) {
  for (Node& node : graph_.nodes) {
    if (node.output == from) node.output = node.name = to;
    std::ranges::replace(node.inputs, from, to);
  }
}

void GraphBuilder::output(const std::string& value, const std::string& name, Extents shape) {
  if (const auto known = outputs_.find(value); known != outputs_.end()) {
    graph_.nodes.push_back({"Identity", name, {known->second}, name});
  } else if (!is_computed(value)) {
    graph_.nodes.push_back({"Identity", name, {value}, name});
  } else {
    rename(value, name);
    outputs_[value] = name;
  }
  graph_.outputs.push_back({name, std::move(shape)});
}

Graph GraphBuilder::finish() {
  std::unordered_set<std::string> needed;
  for (const ValueInfo& output : graph_.outputs) needed.insert(output.name);
  std::vector<Node> nodes;
  for (auto node = graph_.nodes.rbegin(); node != graph_.nodes.rend(); ++node) {
    if (!needed.contains(node->output)) continue;
    needed.insert(node->inputs.begin(), node->inputs.end());
    nodes.push_back(std::move(*node));
  }
  std::ranges::reverse(nodes);
  graph_.nodes = std::move(nodes);
  std::erase_if(graph_.initializers,
                [&](const Tensor& tensor) { return !needed.contains(tensor.name); });
  return std::move(graph_);
}

}  // namespace nas::onnx_export
