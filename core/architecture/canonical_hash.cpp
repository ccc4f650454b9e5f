#include "core/architecture/canonical_hash.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <set>
#include <string>
#include <string_view>

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

/// The graph as refinement sees it, worked out once.
class Refinement {
 public:
  explicit Refinement(const Architecture& net) : net_(net), readers_(net.size()) {
    for (NodeId node = 0; node < net.size(); ++node) add_reader(node);
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
    for (NodeId node = 0; node < net_.size(); ++node) {
      if (counts[colours[node]] == 1) continue;
      Colours marked = colours;
      marked[node] = Words().add("marked").add(colours[node]).hash();
      refine(marked);
      result[node] = Words().add(marked[node]).add_sorted(marked).hash();
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
    const std::vector<NodeId>& outputs = net_.outputs();
    const auto place = std::ranges::find(outputs, node) - outputs.begin();
    return words.add(std::int64_t{place}).add(std::uint64_t{outputs.size()}).hash();
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
      result.push_back(words.hash());
    }
    return result;
  }

  const Architecture& net_;
  std::vector<std::vector<Reader>> readers_;
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
