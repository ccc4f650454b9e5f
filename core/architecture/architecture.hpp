/// A network as a value: a directed acyclic graph of ops with shapes.
///
/// The only currency between search spaces, the engine, the cost model and exporters. Nodes are
/// added after what they read, so the order of their ids is a topological order, and the order of
/// execution. Shapes are inferred, and checked, as nodes are added.
///
///     Architecture net;
///     NodeId x = net.add(input_op({1, 28, 28}), {}, "image");
///     x = net.add(convolution({.out_channels = 16, .kernel = 3, .stride = 2}), {x}, "stem");
///     net.mark_output(x);
///
/// A node's name is the scope of its parameters ("stem.weight"); two architectures that give the
/// same names share weights when they are trained over one ParameterStore. `refer` sends a
/// parameter elsewhere: to the tensor of another node, or to a part of a larger one.
///
/// Held as a Boost graph, which stays out of this header. Copies are deep. Safe to read from
/// several threads. References into one are valid until its next `add`.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/architecture/op_table.hpp"
#include "core/architecture/parameter_reference.hpp"
#include "core/architecture/shape.hpp"

namespace nas {

using NodeId = std::size_t;

class Architecture {
 public:
  Architecture();
  ~Architecture();
  Architecture(const Architecture&);
  Architecture& operator=(const Architecture&);
  Architecture(Architecture&&) noexcept;
  Architecture& operator=(Architecture&&) noexcept;

  /// Adds a node that reads `inputs`, in that order. An empty name becomes "<op>_<id>". Throws
  /// Error(space), naming the node, on a wrong number of inputs, shapes that do not fit, an input
  /// that is no node, or a name already taken.
  NodeId add(Op op, std::vector<NodeId> inputs, std::string name = {});
  /// Throws Error(space) on what is no node, or an output already.
  void mark_output(NodeId node);
  /// Makes the node's parameter with this suffix a view of a stored tensor. Throws Error(space),
  /// naming the node, where it has no such parameter, the reference is malformed or gives another
  /// shape than the op needs, or something other than a weight is transformed.
  void refer(NodeId node, std::string_view suffix, ParameterReference reference);

  std::size_t size() const;
  const Op& op(NodeId node) const;
  const std::string& name(NodeId node) const;
  const Shape& shape(NodeId node) const;
  /// In the order given to `add`.
  const std::vector<NodeId>& inputs(NodeId node) const;
  std::vector<Shape> input_shapes(NodeId node) const;
  /// Nodes that read this one, in the order of their ids; one that reads it twice is there twice.
  std::vector<NodeId> consumers(NodeId node) const;
  /// In the order in which they were marked.
  const std::vector<NodeId>& outputs() const;
  /// Input nodes in the order of their ids.
  std::vector<NodeId> input_nodes() const;
  /// What the op needs: shapes are those of the views' results.
  std::vector<ParameterSpec> parameters(NodeId node) const;
  /// Where a parameter's values are kept; unless `refer` has set it, "<node>.<suffix>", all of it.
  /// Throws Error(internal) where the node has no such parameter.
  ParameterReference reference(NodeId node, std::string_view suffix) const;
  ParameterReference reference(NodeId node, const ParameterSpec& spec) const;
  /// The references of a node that differ from their default, by suffix.
  const std::map<std::string, ParameterReference, std::less<>>& references(NodeId node) const;

  /// Equal node by node: ids, ops, names, inputs, references, outputs. For equality up to the
  /// numbering of the nodes compare canonical hashes.
  friend bool operator==(const Architecture&, const Architecture&);

 private:
  struct Graph;
  std::unique_ptr<Graph> graph_;
};

/// Throws Error(space) unless there is an input, an output, and nothing that no output needs.
void check_complete(const Architecture& architecture);

}  // namespace nas
