#include "core/architecture/canonical_hash.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/architecture/stored_tensors.hpp"

namespace nas {
namespace {

/// Collects what goes into one hash, in a byte order of its own.
class Words {
 public:
  Words& add(std::uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) {
      bytes_.push_back(static_cast<char>(value >> shift & 0xff));
    }
    return *this;
  }
  Words& add(std::int64_t value) { return add(static_cast<std::uint64_t>(value)); }
  // -0.0 equals 0.0.
  Words& add(double value) { return add(std::bit_cast<std::uint64_t>(value + 0.0)); }
  Words& add(std::string_view text) {
    add(std::uint64_t{text.size()});
    bytes_.append(text);
    return *this;
  }
  Words& add(const Hash& hash) { return add(hash.high).add(hash.low); }
  Words& add_sorted(std::vector<Hash> hashes) {
    std::ranges::sort(hashes);
    add(std::uint64_t{hashes.size()});
    for (const Hash& hash : hashes) add(hash);
    return *this;
  }
  Hash hash() const { return hash_bytes(bytes_); }

 private:
  std::string bytes_;
};

using Colours = std::vector<Hash>;

/// One reader of a node, and through which of its slots.
struct Reader {
  NodeId node;
  std::vector<std::size_t> slots;
};

/// A node that uses a tensor, and as what: "weight", or "weight/1" for the matrix of the first
/// transform in the weight's chain.
struct TensorUse {
  NodeId node;
  std::string as;
};

struct SharedTensor {
  Hash colour;
  std::vector<TensorUse> uses;
};

/// The tensors that a network uses more than once.
std::vector<SharedTensor> shared_tensors(const Architecture& net) {
  std::vector<SharedTensor> result;
  const auto refers = [&](NodeId node) { return !net.references(node).empty(); };
  bool any = false;
  for (NodeId node = 0; node < net.size(); ++node) any = any || refers(node);
  if (!any) return result;  // every parameter is a tensor of its own

  std::map<std::string, std::vector<TensorUse>> users;
  for (NodeId node = 0; node < net.size(); ++node) {
    for (const ParameterSpec& spec : net.parameters(node)) {
      const ParameterReference reference = net.reference(node, spec);
      users[reference.name].push_back({node, std::string(spec.suffix)});
      const std::vector<ViewStage> stages = resolve(reference).stages;
      for (std::size_t i = 1; i < stages.size(); ++i) {
        users[stages[i].matrix].push_back({node, fmt::format("{}/{}", spec.suffix, i)});
      }
    }
  }
  for (const StoredTensor& tensor : stored_tensors(net)) {
    std::vector<TensorUse>& uses = users.at(tensor.name);
    if (uses.size() < 2) continue;
    Words words;
    words.add("tensor").add(role_name(tensor.role));
    for (const std::int64_t extent : tensor.shape) words.add(extent);
    result.push_back({words.hash(), std::move(uses)});
  }
  return result;
}

/// The graph as refinement sees it, worked out once. Its vertices are the nodes, by their ids, and
/// after them the tensors that are used more than once.
class Refinement {
 public:
  explicit Refinement(const Architecture& net)
      : net_(net), readers_(net.size()), shared_(shared_tensors(net)), shared_by_(net.size()) {
    for (NodeId node = 0; node < net.size(); ++node) add_reader(node);
    for (std::size_t tensor = 0; tensor < shared_.size(); ++tensor) {
      for (const TensorUse& use : shared_[tensor].uses) {
        shared_by_[use.node].push_back({net.size() + tensor, use.as});
      }
    }
  }

  /// What nodes are by themselves, then all that lies before them, then all that lies behind.
  Colours initial() const {
    Colours colours;
    for (NodeId node = 0; node < net_.size(); ++node) {
      Words words;
      add_inputs(words.add(own_colour(node)), node, colours);
      colours.push_back(words.hash());
    }
    for (NodeId node = net_.size(); node-- > 0;) {
      Words words;
      add_readers(words.add(colours[node]), node, colours);
      colours[node] = words.hash();
    }
    for (const SharedTensor& tensor : shared_) colours.push_back(tensor.colour);
    return colours;
  }

  /// Mixes each colour with its neighbours' until that tells no more nodes apart.
  void refine(Colours& colours) const {
    std::size_t classes = count_classes(colours);
    while (true) {
      colours = mixed(colours);
      const std::size_t now = count_classes(colours);
      if (now == classes) return;
      classes = now;
    }
  }

  /// Neighbours alone cannot tell, say, one ring of eight from two of four. So each of several
  /// nodes of one colour is marked in turn, and gets as its colour what the whole graph then looks
  /// like. Returns whether there were any.
  bool mark_alike(Colours& colours) const {
    std::map<Hash, int> counts;
    for (const Hash& colour : colours) ++counts[colour];
    if (counts.size() == colours.size()) return false;
    Colours result = colours;
    for (std::size_t vertex = 0; vertex < colours.size(); ++vertex) {
      if (counts[colours[vertex]] == 1) continue;
      Colours marked = colours;
      marked[vertex] = Words().add("marked").add(colours[vertex]).hash();
      refine(marked);
      result[vertex] = Words().add(marked[vertex]).add_sorted(marked).hash();
    }
    colours = result;
    return true;
  }

  static std::size_t count_classes(const Colours& colours) {
    return std::set<Hash>(colours.begin(), colours.end()).size();
  }

 private:
  void add_reader(NodeId node) {
    const std::vector<NodeId>& inputs = net_.inputs(node);
    for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
      std::vector<Reader>& readers = readers_[inputs[slot]];
      if (readers.empty() || readers.back().node != node) readers.push_back({node, {}});
      readers.back().slots.push_back(slot);
    }
  }

  /// Those that differ from their defaults, by name: hashes stay as they are when an op gets one
  /// more.
  static void add_attributes(Words& words, const Op& op) {
    const auto& attributes = op.row().attributes;
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < attributes.size(); ++i) {
      if (op.values()[i] == attributes[i].default_value) continue;
      words.add(attributes[i].name).add(op.values()[i]);
      ++count;
    }
    words.add(count);
  }

  Hash own_colour(NodeId node) const {
    const Op& op = net_.op(node);
    const Shape& shape = net_.shape(node);
    Words words;
    words.add(op.row().name).add(shape.channels).add(shape.height).add(shape.width);
    add_attributes(words, op);
    for (const ParameterSpec& spec : net_.parameters(node)) add_views(words, node, spec);
    const std::vector<NodeId>& outputs = net_.outputs();
    const auto place = std::ranges::find(outputs, node) - outputs.begin();
    return words.add(std::int64_t{place}).add(std::uint64_t{outputs.size()}).hash();
  }

  /// Of a parameter that is more than a whole tensor; the names of tensors are left out.
  void add_views(Words& words, NodeId node, const ParameterSpec& spec) const {
    const auto found = net_.references(node).find(spec.suffix);
    if (found == net_.references(node).end() || found->second.views.empty()) return;
    const ResolvedReference resolved = resolve(found->second);
    const ViewStage& first = resolved.stages.front();
    const bool whole = resolved.stages.size() == 1 && first.part.count == first.shape;
    if (whole && first.shape == resolved.shape) return;
    words.add(spec.suffix).add(std::uint64_t{resolved.stages.size()});
    for (const ViewStage& stage : resolved.stages) {
      words.add(std::uint64_t{stage.shape.size()});
      for (std::size_t axis = 0; axis < stage.shape.size(); ++axis) {
        words.add(stage.shape[axis]).add(stage.part.begin[axis]).add(stage.part.count[axis]);
      }
    }
  }

  /// Which slots of one reader an edge or several take: their number alone where order is nothing.
  void add_slots(Words& words, const Reader& reader) const {
    words.add(std::uint64_t{reader.slots.size()});
    if (net_.op(reader.node).row().commutative) return;
    for (const std::size_t slot : reader.slots) words.add(std::uint64_t{slot});
  }

  void add_inputs(Words& words, NodeId node, const Colours& colours) const {
    std::vector<Hash> inputs;
    for (const NodeId input : net_.inputs(node)) {
      const auto found = std::ranges::find(readers_[input], node, &Reader::node);
      Words edge;
      add_slots(edge.add(colours[input]), *found);
      inputs.push_back(edge.hash());
    }
    if (net_.op(node).row().commutative) std::ranges::sort(inputs);
    words.add(std::uint64_t{inputs.size()});
    for (const Hash& input : inputs) words.add(input);
  }

  void add_readers(Words& words, NodeId node, const Colours& colours) const {
    std::vector<Hash> readers;
    for (const Reader& reader : readers_[node]) {
      Words edge;
      add_slots(edge.add(colours[reader.node]), reader);
      readers.push_back(edge.hash());
    }
    words.add_sorted(std::move(readers));
  }

  Colours mixed(const Colours& colours) const {
    Colours result;
    for (NodeId node = 0; node < net_.size(); ++node) {
      Words words;
      words.add(colours[node]);
      add_inputs(words, node, colours);
      add_readers(words, node, colours);
      add_neighbours(words, shared_by_[node], colours);
      result.push_back(words.hash());
    }
    for (const SharedTensor& tensor : shared_) {
      Words words;
      words.add(colours[result.size()]);
      std::vector<Neighbour> users;
      for (const TensorUse& use : tensor.uses) users.push_back({use.node, use.as});
      add_neighbours(words, users, colours);
      result.push_back(words.hash());
    }
    return result;
  }

  /// Another vertex, and as what it uses or is used.
  struct Neighbour {
    std::size_t vertex;
    std::string as;
  };

  static void add_neighbours(Words& words, const std::vector<Neighbour>& neighbours,
                             const Colours& colours) {
    if (neighbours.empty()) return;
    std::vector<Hash> edges;
    edges.reserve(neighbours.size());
    for (const Neighbour& each : neighbours) {
      edges.push_back(Words().add(colours[each.vertex]).add(each.as).hash());
    }
    words.add_sorted(std::move(edges));
  }

  const Architecture& net_;
  std::vector<std::vector<Reader>> readers_;
  std::vector<SharedTensor> shared_;
  std::vector<std::vector<Neighbour>> shared_by_;
};

}  // namespace

Hash canonical_hash(const Architecture& architecture) {
  const Refinement refinement(architecture);
  Colours colours = refinement.initial();
  refinement.refine(colours);
  if (refinement.mark_alike(colours)) refinement.refine(colours);
  return Words().add_sorted(colours).hash();
}

}  // namespace nas
