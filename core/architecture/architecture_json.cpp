#include "core/architecture/architecture_json.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <iterator>
#include <queue>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/architecture/json_reading.hpp"
#include "core/architecture/parameter_reference_json.hpp"
#include "core/base/error.hpp"
#include "core/base/json_error.hpp"
#include "core/base/text.hpp"

namespace nas {
namespace {

using nlohmann::json;

constexpr std::string_view schema = "nas.architecture";
constexpr int version = 1;

[[noreturn]] void reject(const std::string& message) { throw Error(ErrorKind::space, message); }

/// A node as the file has it; inputs are still names.
struct NodeEntry {
  std::string name;
  Op op;
  std::vector<std::string> inputs;
  ParameterReferences references;
};

std::vector<std::string> read_names(const json* list, const std::string& where) {
  if (list == nullptr || !list->is_array()) {
    reject(fmt::format("{} must be a list of node names", where));
  }
  std::vector<std::string> names;
  for (const json& name : *list) {
    if (!name.is_string()) {
      reject(fmt::format("{} must be a list of node names, found '{}'", where, shown(&name)));
    }
    names.push_back(name.get<std::string>());
  }
  return names;
}

Op read_op(const json& node) {
  const json* const name = member(node, "op");
  if (name == nullptr || !name->is_string()) reject("'op' is missing or no text");
  Op op(op_kind(name->get<std::string>()));
  const json* const attributes = member(node, "attributes");
  if (attributes == nullptr) return op;
  if (!attributes->is_object()) reject("'attributes' is no object");
  for (const auto& [attribute, value] : attributes->items()) {
    if (!value.is_number()) {
      reject(fmt::format("attribute '{}' is '{}' but must be a number", attribute, shown(&value)));
    }
    op.set(attribute, value.get<double>());
  }
  return op;
}

ParameterReferences read_references(const json& node) {
  const json* const parameters = member(node, "parameters");
  return parameters == nullptr ? ParameterReferences{} : references_from_json(*parameters);
}

NodeEntry read_node(const json& node, std::size_t index) {
  const json* const name = node.is_object() ? member(node, "name") : nullptr;
  if (name == nullptr || !name->is_string() || name->get<std::string>().empty()) {
    reject(fmt::format("entry {} of 'nodes' is no object with a 'name'", index));
  }
  const std::string text = name->get<std::string>();
  const std::string where = fmt::format("node '{}'", text);
  check_keys(node, where, {"name", "op", "attributes", "inputs", "parameters"});
  try {
    return {text, read_op(node), read_names(member(node, "inputs"), "'inputs'"),
            read_references(node)};
  } catch (const Error& error) {
    reject(fmt::format("{}: {}", where, error.what()));
  }
}

std::vector<NodeEntry> read_nodes(const json* nodes) {
  if (nodes == nullptr || !nodes->is_array()) reject("'nodes' must be a list of objects");
  std::vector<NodeEntry> entries;
  for (const json& node : *nodes) entries.push_back(read_node(node, entries.size()));
  return entries;
}

/// Puts nodes that a file has in any order into an order of execution.
class Ordering {
 public:
  explicit Ordering(const std::vector<NodeEntry>& entries)
      : entries_(entries), inputs_(entries.size()), readers_(entries.size()) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (!places_.emplace(entries[i].name, i).second) {
        reject(fmt::format("node '{}': the name is already taken", entries[i].name));
      }
      names_.push_back(entries[i].name);
    }
    for (std::size_t i = 0; i < entries.size(); ++i) {
      for (const std::string& input : entries[i].inputs) {
        const std::size_t place = place_of(input, fmt::format("node '{}'", entries[i].name));
        inputs_[i].push_back(place);
        readers_[place].push_back(i);
      }
    }
  }

  std::size_t place_of(const std::string& name, const std::string& where) const {
    const auto found = places_.find(name);
    if (found != places_.end()) return found->second;
    reject(fmt::format("{}: unknown node '{}'{}", where, name, suggestion(name, names_)));
  }
  const std::vector<std::size_t>& inputs(std::size_t place) const { return inputs_[place]; }

  /// Of the nodes whose inputs are all there the first in the file goes next: a file that is in
  /// order stays as it is, and so a round trip keeps the ids.
  std::vector<std::size_t> sorted() const {
    std::vector<std::size_t> missing, result;
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      missing.push_back(inputs_[i].size());
      if (missing[i] == 0) ready.push(i);
    }
    while (!ready.empty()) {
      const std::size_t place = ready.top();
      ready.pop();
      result.push_back(place);
      for (const std::size_t reader : readers_[place]) {
        if (--missing[reader] == 0) ready.push(reader);
      }
    }
    if (result.size() < entries_.size()) reject_cycle(missing);
    return result;
  }

 private:
  /// Every node that still misses an input has one that misses an input too: following these leads
  /// into a cycle.
  [[noreturn]] void reject_cycle(const std::vector<std::size_t>& missing) const {
    const auto lacks = [&](std::size_t place) { return missing[place] > 0; };
    std::size_t place = 0;
    while (!lacks(place)) ++place;
    std::vector<std::size_t> path;
    while (std::ranges::find(path, place) == path.end()) {
      path.push_back(place);
      place = *std::ranges::find_if(inputs_[place], lacks);
    }
    path.erase(path.begin(), std::ranges::find(path, place));
    std::string cycle = fmt::format("'{}'", entries_[place].name);
    for (std::size_t i = path.size(); i-- > 0;) {
      cycle += fmt::format(" -> '{}'", entries_[path[i]].name);
    }
    reject(fmt::format("node '{}' is on a cycle: {}", entries_[place].name, cycle));
  }

  const std::vector<NodeEntry>& entries_;
  std::unordered_map<std::string, std::size_t> places_;
  std::vector<std::string> names_;
  std::vector<std::vector<std::size_t>> inputs_;
  std::vector<std::vector<std::size_t>> readers_;
};

void check_header(const json& root) {
  if (!root.is_object()) reject("an architecture is a JSON object");
  const json* const found_schema = member(root, "schema");
  if (found_schema == nullptr || *found_schema != schema) {
    reject(fmt::format("'schema' is '{}' but must be '\"{}\"'", shown(found_schema), schema));
  }
  const json* const found_version = member(root, "version");
  if (found_version == nullptr || *found_version != version) {
    reject(fmt::format("'version' is '{}' but this program reads version {}", shown(found_version),
                       version));
  }
  check_keys(root, "the architecture", {"schema", "version", "nodes", "outputs"});
}

json attributes_of(const Op& op) {
  json attributes = json::object();
  const auto& specs = op.row().attributes;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const double value = op.values()[i];
    json& entry = attributes[std::string(specs[i].name)];
    if (specs[i].integral) {
      entry = static_cast<std::int64_t>(value);
    } else {
      entry = value;
    }
  }
  return attributes;
}

/// "3, column 7" of the byte with the given number, counted from 1.
std::string position(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, byte > 0 ? byte - 1 : 0);
  const auto lines = std::ranges::count(before, '\n');
  const std::size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
  return fmt::format("{}, column {}", lines + 1, before.size() - start + 1);
}

json parse(const std::string& text, const std::string& file) {
  try {
    return json::parse(text);
  } catch (const json::parse_error& error) {
    reject(fmt::format("'{}' is not valid JSON at line {}: {}", file, position(text, error.byte),
                       json_error(error)));
  } catch (const json::exception& error) {  // a number that no double can hold
    reject(fmt::format("'{}' is not valid JSON: {}", file, json_error(error)));
  }
}

std::string read_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text;
  std::array<char, 1 << 16> block;
  while (in.read(block.data(), block.size()) || in.gcount() > 0) {
    text.append(block.data(), static_cast<std::size_t>(in.gcount()));
  }
  // A directory opens, and fails at the first read.
  if (!in.eof()) throw Error(ErrorKind::io, fmt::format("cannot read '{}'", file.string()));
  return text;
}

}  // namespace

json to_json(const Architecture& architecture) {
  const auto names = [&](const std::vector<NodeId>& ids) {
    json list = json::array();
    for (const NodeId id : ids) list.push_back(architecture.name(id));
    return list;
  };
  json nodes = json::array();
  for (NodeId node = 0; node < architecture.size(); ++node) {
    const Op& op = architecture.op(node);
    nodes.push_back({{"name", architecture.name(node)},
                     {"op", std::string(op.row().name)},
                     {"attributes", attributes_of(op)},
                     {"inputs", names(architecture.inputs(node))}});
    const ParameterReferences& references = architecture.references(node);
    if (!references.empty()) nodes.back()["parameters"] = to_json(references);
  }
  return {{"schema", std::string(schema)},
          {"version", version},
          {"nodes", std::move(nodes)},
          {"outputs", names(architecture.outputs())}};
}

Architecture architecture_from_json(const json& root) {
  check_header(root);
  const std::vector<NodeEntry> entries = read_nodes(member(root, "nodes"));
  const Ordering ordering(entries);
  Architecture architecture;
  std::vector<NodeId> ids(entries.size());
  for (const std::size_t place : ordering.sorted()) {
    std::vector<NodeId> inputs;
    for (const std::size_t input : ordering.inputs(place)) inputs.push_back(ids[input]);
    ids[place] = architecture.add(entries[place].op, std::move(inputs), entries[place].name);
    for (const auto& [suffix, reference] : entries[place].references) {
      architecture.refer(ids[place], suffix, reference);
    }
  }
  for (const std::string& name : read_names(member(root, "outputs"), "'outputs'")) {
    architecture.mark_output(ids[ordering.place_of(name, "'outputs'")]);
  }
  check_complete(architecture);
  return architecture;
}

Architecture read_architecture(const std::filesystem::path& file) {
  const json root = parse(read_text(file), file.string());
  try {
    return architecture_from_json(root);
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("'{}': {}", file.string(), error.what()));
  }
}

}  // namespace nas
