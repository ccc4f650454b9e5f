#include <fmt/format.h>

#include "core/architecture/architecture_json.hpp"

namespace nas {
namespace {

/// As the inside of a quoted DOT string.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  return result;
}

/// The name, the op, and each attribute and parameter reference that differs from its default.
std::string label(const Architecture& net, NodeId node) {
  const Op& op = net.op(node);
  std::string text = fmt::format("{}\n{}", net.name(node), op.row().name);
  const auto& attributes = op.row().attributes;
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    if (op.values()[i] == attributes[i].default_value) continue;
    text += fmt::format("\n{} {}", attributes[i].name, op.values()[i]);
  }
  for (const auto& [suffix, reference] : net.references(node)) {
    text += fmt::format("\n{}: {}", suffix, nas::text(reference));
  }
  return escaped(text);
}

bool is_output(const Architecture& net, NodeId node) {
  for (const NodeId output : net.outputs()) {
    if (output == node) return true;
  }
  return false;
}

}  // namespace

std::string to_dot(const Architecture& architecture) {
  std::string dot = "digraph architecture {\n  node [shape=box];\n";
  for (NodeId node = 0; node < architecture.size(); ++node) {
    dot += fmt::format("  n{} [label=\"{}\"{}];\n", node, label(architecture, node),
                       is_output(architecture, node) ? ", peripheries=2" : "");
  }
  for (NodeId node = 0; node < architecture.size(); ++node) {
    for (const NodeId input : architecture.inputs(node)) {
      dot += fmt::format("  n{} -> n{} [label=\"{}\"];\n", input, node,
                         architecture.shape(input).text());
    }
  }
  return dot + "}\n";
}

}  // namespace nas
