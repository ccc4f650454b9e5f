#include "core/architecture/architecture.hpp"

#include <algorithm>
#include <functional>
#include <unordered_map>
#include <utility>

#include <boost/graph/adjacency_list.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/architecture/op_rules.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace nas {
namespace {

struct Node {
  Op op{OpKind::input};  // Boost makes a vertex before it gets its value
  std::string name;
  Shape shape;
  std::vector<NodeId> inputs;  ///< the sources of the in-edges, by slot
  std::map<std::string, ParameterReference, std::less<>> references;  ///< by suffix
};

struct InputSlot {
  std::size_t index = 0;
};

/// Edges run from what is read to its reader; one per input slot, so parallel edges occur.
using Network =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, Node, InputSlot>;

bool same_node(const Node& a, const Node& b) {
  return a.op == b.op && a.name == b.name && a.inputs == b.inputs && a.references == b.references;
}

const ParameterSpec* find(const std::vector<ParameterSpec>& specs, std::string_view suffix) {
  const auto found = std::ranges::find(specs, suffix, &ParameterSpec::suffix);
  return found == specs.end() ? nullptr : &*found;
}

ParameterReference default_reference(const Node& node, const ParameterSpec& spec) {
  return {fmt::format("{}.{}", node.name, spec.suffix), spec.shape, {}};
}

/// Throws Error(space), without the node's name.
void check_reference(const ParameterReference& reference, const ParameterSpec& spec) {
  const auto reject = [](const std::string& why) { throw Error(ErrorKind::space, why); };
  const ResolvedReference resolved = resolve(reference);
  if (resolved.shape != spec.shape) {
    reject(fmt::format("parameter '{}' has shape ({}), but the reference gives ({}): {}",
                       spec.suffix, fmt::join(spec.shape, ", "), fmt::join(resolved.shape, ", "),
                       text(reference)));
  }
  if (resolved.stages.size() > 1 && spec.role != ParameterRole::weight) {
    reject(fmt::format("parameter '{}' cannot be transformed by '{}': only weights can",
                       spec.suffix, resolved.stages[1].matrix));
  }
}

}  // namespace

struct Architecture::Graph {
  Network network;
  std::unordered_map<std::string, NodeId> ids;
  std::vector<NodeId> outputs;

  std::size_t size() const { return boost::num_vertices(network); }
  const Node& at(NodeId node) const {
    if (node < size()) return network[node];
    throw Error(ErrorKind::internal,
                fmt::format("node '{}' does not exist: there are {}", node, size()));
  }
};

Architecture::Architecture() : graph_(std::make_unique<Graph>()) {}
Architecture::~Architecture() = default;
Architecture::Architecture(const Architecture& other)
    : graph_(std::make_unique<Graph>(*other.graph_)) {}
Architecture::Architecture(Architecture&&) noexcept = default;
Architecture& Architecture::operator=(Architecture&&) noexcept = default;
Architecture& Architecture::operator=(const Architecture& other) {
  if (this != &other) graph_ = std::make_unique<Graph>(*other.graph_);
  return *this;
}

NodeId Architecture::add(Op op, std::vector<NodeId> inputs, std::string name) {
  const NodeId id = size();
  if (name.empty()) name = fmt::format("{}_{}", op.row().name, id);
  const auto reject = [&](const std::string& why) {
    throw Error(ErrorKind::space, fmt::format("node '{}' ({}): {}", name, op.row().name, why));
  };
  if (graph_->ids.contains(name)) reject("the name is already taken");
  std::vector<Shape> shapes;
  for (const NodeId input : inputs) {
    if (input >= id) reject(fmt::format("input '{}' is no node, there are {} so far", input, id));
    shapes.push_back(shape(input));
  }
  Shape shape;
  try {
    shape = infer_shape(op, shapes);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::space) throw;
    reject(error.what());
  }
  graph_->ids.emplace(name, id);
  Network& network = graph_->network;
  boost::add_vertex({std::move(op), std::move(name), shape, inputs, {}}, network);
  for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
    boost::add_edge(inputs[slot], id, {slot}, network);
  }
  return id;
}

void Architecture::mark_output(NodeId node) {
  if (node >= size()) {
    throw Error(ErrorKind::space,
                fmt::format("output '{}' is no node, there are {}", node, size()));
  }
  if (std::ranges::find(outputs(), node) != outputs().end()) {
    throw Error(ErrorKind::space,
                fmt::format("node '{}': it is marked as an output already", name(node)));
  }
  graph_->outputs.push_back(node);
}

void Architecture::refer(NodeId node, std::string_view suffix, ParameterReference reference) {
  const std::vector<ParameterSpec> specs = parameters(node);
  Node& target = graph_->network[node];
  const auto reject = [&](const std::string& why) {
    throw Error(ErrorKind::space,
                fmt::format("node '{}' ({}): {}", target.name, target.op.row().name, why));
  };
  const ParameterSpec* const spec = find(specs, suffix);
  if (spec == nullptr) {
    std::vector<std::string> known;
    known.reserve(specs.size());
    for (const ParameterSpec& each : specs) known.emplace_back(each.suffix);
    reject(fmt::format("it has no parameter '{}'{}", suffix, suggestion(suffix, known)));
  }
  try {
    check_reference(reference, *spec);
  } catch (const Error& error) {
    reject(error.what());
  }
  target.references.erase(std::string(suffix));
  if (reference == default_reference(target, *spec)) return;
  target.references.emplace(suffix, std::move(reference));
}

std::size_t Architecture::size() const { return graph_->size(); }
const Op& Architecture::op(NodeId node) const { return graph_->at(node).op; }
const std::string& Architecture::name(NodeId node) const { return graph_->at(node).name; }
const Shape& Architecture::shape(NodeId node) const { return graph_->at(node).shape; }
const std::vector<NodeId>& Architecture::inputs(NodeId node) const {
  return graph_->at(node).inputs;
}

std::vector<Shape> Architecture::input_shapes(NodeId node) const {
  std::vector<Shape> shapes;
  for (const NodeId input : inputs(node)) shapes.push_back(shape(input));
  return shapes;
}

std::vector<NodeId> Architecture::consumers(NodeId node) const {
  graph_->at(node);
  // Edges are added with their readers, so they are in the order of the readers' ids.
  const auto [begin, end] = boost::adjacent_vertices(node, graph_->network);
  return {begin, end};
}

const std::vector<NodeId>& Architecture::outputs() const { return graph_->outputs; }

std::vector<NodeId> Architecture::input_nodes() const {
  std::vector<NodeId> result;
  for (NodeId node = 0; node < size(); ++node) {
    if (op(node).kind() == OpKind::input) result.push_back(node);
  }
  return result;
}

std::vector<ParameterSpec> Architecture::parameters(NodeId node) const {
  return op(node).row().parameters(op(node), input_shapes(node));
}

ParameterReference Architecture::reference(NodeId node, std::string_view suffix) const {
  const std::vector<ParameterSpec> specs = parameters(node);
  if (const ParameterSpec* const spec = find(specs, suffix)) return reference(node, *spec);
  throw Error(ErrorKind::internal, fmt::format("node '{}' ({}) has no parameter '{}'", name(node),
                                               op(node).row().name, suffix));
}

ParameterReference Architecture::reference(NodeId node, const ParameterSpec& spec) const {
  const Node& owner = graph_->at(node);
  const auto found = owner.references.find(spec.suffix);
  return found == owner.references.end() ? default_reference(owner, spec) : found->second;
}

const std::map<std::string, ParameterReference, std::less<>>& Architecture::references(
    NodeId node) const {
  return graph_->at(node).references;
}

bool operator==(const Architecture& a, const Architecture& b) {
  if (a.size() != b.size() || a.outputs() != b.outputs()) return false;
  for (NodeId node = 0; node < a.size(); ++node) {
    if (!same_node(a.graph_->at(node), b.graph_->at(node))) return false;
  }
  return true;
}

void check_complete(const Architecture& architecture) {
  if (architecture.input_nodes().empty()) {
    throw Error(ErrorKind::space, "the architecture has no input");
  }
  if (architecture.outputs().empty()) {
    throw Error(ErrorKind::space, "the architecture has no output");
  }
  std::vector<bool> needed(architecture.size(), false);
  for (const NodeId output : architecture.outputs()) needed[output] = true;
  for (NodeId node = architecture.size(); node-- > 0;) {
    if (!needed[node]) {
      throw Error(ErrorKind::space,
                  fmt::format("node '{}' ({}): no output needs it", architecture.name(node),
                              architecture.op(node).row().name));
    }
    for (const NodeId input : architecture.inputs(node)) needed[input] = true;
  }
}

}  // namespace nas
