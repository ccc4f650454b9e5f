#include <string>
#include <string_view>
#include <vector>

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

/// What an attribute is of both directions of: "kernel" of "kernel_h"; empty where of none.
std::string_view vertical_base(std::string_view name) {
  return name.ends_with("_h") ? name.substr(0, name.size() - 2) : std::string_view{};
}

/// Each attribute that differs from its default: "out_channels 16", "kernel 3x3".
std::vector<std::string> attribute_texts(const Op& op) {
  const auto& attributes = op.row().attributes;
  const auto differs = [&](std::size_t i) { return op.values()[i] != attributes[i].default_value; };
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    const std::string_view base = vertical_base(attributes[i].name);
    if (base.empty()) {
      if (differs(i)) texts.push_back(fmt::format("{} {}", attributes[i].name, op.values()[i]));
      continue;
    }
    if (differs(i) || differs(i + 1)) {
      texts.push_back(fmt::format("{} {}x{}", base, op.values()[i], op.values()[i + 1]));
    }
    ++i;  // the horizontal one
  }
  return texts;
}

/// The name, the op with its attributes, and each parameter reference that is not the default.
std::string label(const Architecture& net, NodeId node) {
  const Op& op = net.op(node);
  std::string text = fmt::format("{}\n{}", net.name(node), op.row().name);
  constexpr std::size_t most_in_a_line = 30;
  std::size_t line = op.row().name.size();
  for (const std::string& attribute : attribute_texts(op)) {
    line += 2 + attribute.size();
    const bool fits = line <= most_in_a_line;
    text += fmt::format(",{}{}", fits ? ' ' : '\n', attribute);
    if (!fits) line = attribute.size();
  }
  for (const auto& [suffix, reference] : net.references(node)) {
    text += fmt::format("\n{}: {}", suffix, nas::text(reference));
  }
  return escaped(text);
}

/// Pale, so that black text can be read on all of them.
std::string_view colour(OpKind kind) {
  switch (kind) {
    case OpKind::input:
      return "#ffffff";
    case OpKind::convolution:
    case OpKind::linear:
      return "#c9dff2";
    case OpKind::batch_norm:
      return "#ececec";
    case OpKind::add:
    case OpKind::multiply:
    case OpKind::scale:
    case OpKind::concat:
    case OpKind::mix:
      return "#f7dfb5";
    case OpKind::max_pool:
    case OpKind::average_pool:
    case OpKind::global_max_pool:
    case OpKind::global_average_pool:
    case OpKind::upsample:
      return "#cfe8d5";
    default:
      return "#fbf3d0";
  }
}

bool is_output(const Architecture& net, NodeId node) {
  for (const NodeId output : net.outputs()) {
    if (output == node) return true;
  }
  return false;
}

}  // namespace

std::string to_dot(const Architecture& architecture) {
  std::string dot =
      "digraph architecture {\n"
      "  ranksep=0.3;\n"
      "  node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica\", fontsize=11, "
      "height=0.3];\n"
      "  edge [fontname=\"Helvetica\", fontsize=9, arrowsize=0.6];\n";
  for (NodeId node = 0; node < architecture.size(); ++node) {
    dot += fmt::format("  n{} [label=\"{}\", fillcolor=\"{}\"{}];\n", node,
                       label(architecture, node), colour(architecture.op(node).kind()),
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
