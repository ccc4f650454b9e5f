/// A graph of ONNX operators as a plain value, without the headers of ONNX.
///
/// Values have names and are in float32; every tensor has a name of its own, too. Nodes stand in an
/// order in which they can be executed. What an operator means, and what its attributes and inputs
/// are, says ONNX' specification of `onnx_opset`.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_set>
#include <variant>
#include <vector>

namespace nas::onnx_export {

/// HardSwish came with it; runtimes and converters of the years since read it.
inline constexpr std::int64_t onnx_opset = 14;

using Extents = std::vector<std::int64_t>;

struct Tensor {
  std::string name;
  Extents shape;  ///< empty: a scalar
  std::variant<std::vector<float>, std::vector<std::int64_t>> values;
};

using AttributeValue = std::variant<std::int64_t, float, std::string, Extents, Tensor>;

struct Node {
  std::string op;                   ///< "Conv"
  std::string name;                 ///< for people
  std::vector<std::string> inputs;  ///< an empty name: an optional input that is left out
  std::string output;
  std::map<std::string, AttributeValue> attributes = {};
};

/// The name and the shape of one sample; the batch comes before it.
struct ValueInfo {
  std::string name;
  Extents shape;
};

struct Graph {
  std::string name;
  std::vector<ValueInfo> inputs;
  std::vector<ValueInfo> outputs;
  std::vector<Node> nodes;
  std::vector<Tensor> initializers;
};

/// Adds to a graph, under names that nothing else in it has.
class GraphBuilder {
 public:
  explicit GraphBuilder(std::string name) { graph_.name = std::move(name); }

  /// `wanted` or, where that is taken, with a number behind it; taken from now on.
  std::string reserve(const std::string& wanted);
  /// Return the name of the value.
  std::string input(const std::string& name, Extents shape);
  std::string add(const std::string& op, const std::string& name, std::vector<std::string> inputs,
                  std::map<std::string, AttributeValue> attributes = {});
  std::string constant(const std::string& name, Extents shape, std::vector<float> values);
  std::string constant(const std::string& name, std::vector<std::int64_t> values);
  std::string scalar(const std::string& name, float value);

  /// Makes a value an output, under a name that was reserved for it.
  void output(const std::string& value, const std::string& name, Extents shape);
  /// Without the nodes and tensors that no output needs.
  Graph finish();

 private:
  bool is_computed(const std::string& value) const;
  void rename(const std::string& from, const std::string& to);

  Graph graph_;
  std::unordered_set<std::string> names_;
  std::map<std::string, std::string> outputs_;  ///< what values became outputs under which name
};

}  // namespace nas::onnx_export
