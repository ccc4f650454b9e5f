#include "plugins/estimators/proxy/networks.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <span>

#include "core/architecture/parameter_reference.hpp"

namespace nas::proxy {
namespace {

bool is_layer(OpKind kind) { return kind == OpKind::convolution || kind == OpKind::linear; }

ParameterSpec weight_of(const Architecture& architecture, NodeId node) {
  const auto parameters = architecture.parameters(node);
  return *std::ranges::find(parameters, ParameterRole::weight, &ParameterSpec::role);
}

}  // namespace

Architecture without(const Architecture& architecture, std::initializer_list<OpKind> kinds) {
  Architecture result;
  for (NodeId node = 0; node < architecture.size(); ++node) {
    const Op& op = architecture.op(node);
    const bool is_removed = std::ranges::find(kinds, op.kind()) != kinds.end();
    result.add(is_removed ? Op(OpKind::identity) : op, architecture.inputs(node),
               architecture.name(node));
    if (is_removed) continue;
    for (const auto& [suffix, reference] : architecture.references(node)) {
      result.refer(node, suffix, reference);
    }
  }
  for (const NodeId output : architecture.outputs()) result.mark_output(output);
  return result;
}

std::vector<Layer> layers(const Architecture& architecture) {
  std::vector<Layer> result;
  for (NodeId node = 0; node < architecture.size(); ++node) {
    if (!is_layer(architecture.op(node).kind())) continue;
    const std::vector<std::int64_t> shape = weight_of(architecture, node).shape;
    result.push_back({node, std::accumulate(shape.begin() + 1, shape.end(), std::int64_t{1},
                                            std::multiplies<>())});
  }
  return result;
}

std::map<std::string, ElementRuns> layer_weights(const Architecture& architecture) {
  std::map<std::string, ElementRuns> result;
  for (const Layer& layer : layers(architecture)) {
    const ParameterReference reference =
        architecture.reference(layer.node, weight_of(architecture, layer.node));
    const ElementRuns used = runs_of(resolve(reference).stages.front().part, reference.shape);
    ElementRuns& all = result[reference.name];
    all = united(all, used);
  }
  return result;
}

NodeId features(const Architecture& architecture) {
  NodeId last_layer = architecture.outputs().front();
  bool has_layer = false;
  NodeId node = architecture.outputs().front();
  while (architecture.inputs(node).size() == 1) {
    const OpKind kind = architecture.op(node).kind();
    const NodeId before = architecture.inputs(node).front();
    if (kind == OpKind::global_average_pool || kind == OpKind::global_max_pool) return before;
    if (is_layer(kind) && !has_layer) {
      has_layer = true;
      last_layer = before;
    }
    node = before;
  }
  return last_layer;
}

}  // namespace nas::proxy
