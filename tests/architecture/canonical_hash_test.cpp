#include "core/architecture/canonical_hash.hpp"

#include <map>
#include <set>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/isomorphism.hpp>
#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tests/architecture/networks.hpp"

namespace nas {
namespace {

/// Numbers for colours, the same for both sides of a comparison.
using Palette = std::map<std::string, std::size_t>;

/// What Boost calls a vertex invariant: an isomorphism maps each colour to itself.
struct Colouring {
  using argument_type = std::size_t;
  using result_type = std::size_t;
  std::vector<std::size_t> colours;
  std::size_t limit;
  std::size_t operator()(std::size_t vertex) const { return colours[vertex]; }
  std::size_t max() const { return limit; }
};

/// A network as a graph in which every input slot is a vertex of its own, coloured with what
/// counts.
class ColouredGraph {
 public:
  ColouredGraph(const Architecture& net, Palette& palette) : graph_(net.size()) {
    for (NodeId node = 0; node < net.size(); ++node) paint(colour(net, node), palette);
    for (NodeId node = 0; node < net.size(); ++node) {
      const bool commutative = net.op(node).row().commutative;
      for (std::size_t slot = 0; slot < net.inputs(node).size(); ++slot) {
        const auto between = boost::add_vertex(graph_);
        paint(commutative ? "slot" : fmt::format("slot {}", slot), palette);
        boost::add_edge(net.inputs(node)[slot], between, graph_);
        boost::add_edge(between, node, graph_);
      }
    }
  }

  bool isomorphic(const ColouredGraph& other, const Palette& palette) const {
    return boost::isomorphism(graph_, other.graph_,
                              boost::vertex_invariant1(Colouring{colours_, palette.size()})
                                  .vertex_invariant2(Colouring{other.colours_, palette.size()}));
  }

 private:
  static std::string colour(const Architecture& net, NodeId node) {
    std::string text = fmt::format("{} {} {}", net.op(node).row().name, net.shape(node).text(),
                                   fmt::join(net.op(node).values(), " "));
    for (std::size_t i = 0; i < net.outputs().size(); ++i) {
      if (net.outputs()[i] == node) text += fmt::format(" output {}", i);
    }
    return text;
  }
  void paint(const std::string& text, Palette& palette) {
    colours_.push_back(palette.emplace(text, palette.size()).first->second);
  }

  boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS> graph_;
  std::vector<std::size_t> colours_;
};

bool isomorphic(const Architecture& a, const Architecture& b) {
  Palette palette;
  const ColouredGraph first(a, palette), second(b, palette);
  return first.isomorphic(second, palette);
}

TEST_CASE("the comparison that hashes are tested against tells graphs apart") {
  Random random(1);
  const Architecture net = random_network(8, random);
  CHECK(isomorphic(net, renumbered(net, random)));
  CHECK_FALSE(isomorphic(net, random_network(8, random)));
}

TEST_CASE("numbering, names and the order of summands do not change a hash") {
  Random random(2);
  for (int i = 0; i < 200; ++i) {
    const Architecture net = random_network(2 + random.below(24), random);
    CHECK(canonical_hash(net) == canonical_hash(renumbered(net, random)));
  }
  const Architecture net = mobilenet_v2();
  CHECK(canonical_hash(net) == canonical_hash(renumbered(net, random)));
}

TEST_CASE("small random networks have equal hashes exactly where they are isomorphic") {
  Random random(3);
  std::vector<Architecture> nets;
  for (int i = 0; i < 160; ++i) nets.push_back(random_network(3 + random.below(3), random));
  int equal = 0;
  for (std::size_t i = 0; i < nets.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const bool same = isomorphic(nets[i], nets[j]);
      equal += same ? 1 : 0;
      REQUIRE((canonical_hash(nets[i]) == canonical_hash(nets[j])) == same);
    }
  }
  CHECK(equal > 50);  // or the test says nothing
}

/// The same network but for one input of one node.
Architecture rewired(const Architecture& net, Random& random) {
  NodeId changed = 0;
  while (net.inputs(changed).empty()) changed = random.below(net.size());
  Architecture result;
  for (NodeId node = 0; node < net.size(); ++node) {
    std::vector<NodeId> inputs = net.inputs(node);
    if (node == changed) inputs[random.below(inputs.size())] = random.below(node);
    result.add(net.op(node), inputs);
  }
  for (const NodeId output : net.outputs()) result.mark_output(output);
  return result;
}

TEST_CASE("a network with one edge moved has another hash unless it is isomorphic") {
  Random random(4);
  int different = 0;
  for (int i = 0; i < 300; ++i) {
    const Architecture net = random_network(4 + random.below(10), random);
    const Architecture other = rewired(net, random);
    const bool same = isomorphic(net, other);
    different += same ? 0 : 1;
    REQUIRE((canonical_hash(net) == canonical_hash(other)) == same);
  }
  CHECK(different > 100);
}

/// An input of 4 channels, what `body` makes of it, and one output.
template <typename Body>
Hash hash_of(const Body& body) {
  Architecture net;
  const NodeId x = net.add(input_op({4}), {});
  net.mark_output(body(net, x));
  return canonical_hash(net);
}

NodeId conv(Architecture& net, NodeId x) { return net.add(convolution({.out_channels = 4}), {x}); }
NodeId sum(Architecture& net, std::vector<NodeId> inputs) {
  return net.add(Op(OpKind::add), std::move(inputs));
}

TEST_CASE("two convolutions of one input are not one convolution read twice") {
  const auto two = [](Architecture& net, NodeId x) {
    return sum(net, {conv(net, x), conv(net, x)});
  };
  const auto one = [](Architecture& net, NodeId x) {
    const NodeId y = conv(net, x);
    return sum(net, {y, y});
  };
  CHECK(hash_of(two) != hash_of(one));
}

TEST_CASE("how often a node is read counts") {
  const auto times = [](std::size_t count) {
    return hash_of([&](Architecture& net, NodeId x) {
      return sum(net, std::vector<NodeId>(count, conv(net, x)));
    });
  };
  CHECK(times(2) != times(3));
  // The same neighbours by colour, and two of each: only who is read by whom differs.
  const auto pairs = [](bool own) {
    return hash_of([&](Architecture& net, NodeId x) {
      const NodeId a = conv(net, x), b = conv(net, x);
      const NodeId c = sum(net, {a, own ? a : b}), d = sum(net, {own ? b : a, b});
      return sum(net, {c, d});
    });
  };
  CHECK(pairs(true) != pairs(false));
}

TEST_CASE("the order of inputs counts unless the op is commutative") {
  const auto scaled = [](bool swapped) {
    return hash_of([&](Architecture& net, NodeId x) {
      const NodeId y = conv(net, x);
      return net.add(Op(OpKind::scale), swapped ? std::vector{y, x} : std::vector{x, y});
    });
  };
  const auto added = [](bool swapped) {
    return hash_of([&](Architecture& net, NodeId x) {
      const NodeId y = conv(net, x);
      return sum(net, swapped ? std::vector{y, x} : std::vector{x, y});
    });
  };
  CHECK(scaled(false) != scaled(true));
  CHECK(added(false) == added(true));
}

TEST_CASE("every attribute and every size counts") {
  const auto hash = [](std::int64_t size, const ConvolutionSettings& settings, double epsilon) {
    Architecture net;
    NodeId x = net.add(input_op({4, size, size}), {});
    x = net.add(convolution(settings), {x});
    net.mark_output(net.add(Op(OpKind::batch_norm).set("epsilon", epsilon), {x}));
    return canonical_hash(net);
  };
  const Hash base = hash(8, {.out_channels = 4}, 1e-5);
  CHECK(base == hash(8, {.out_channels = 4}, 1e-5));
  CHECK(base != hash(9, {.out_channels = 4}, 1e-5));
  CHECK(base != hash(8, {.out_channels = 8}, 1e-5));
  CHECK(base != hash(8, {.out_channels = 4, .kernel = 3}, 1e-5));
  CHECK(base != hash(8, {.out_channels = 4, .groups = 2}, 1e-5));
  CHECK(base != hash(8, {.out_channels = 4, .bias = true}, 1e-5));
  CHECK(base != hash(8, {.out_channels = 4}, 1e-3));
}

TEST_CASE("outputs and their order count") {
  const auto hash = [](std::vector<NodeId> outputs) {
    Architecture net;
    const NodeId x = net.add(input_op({4}), {});
    conv(net, net.add(Op(OpKind::relu), {x}));
    for (const NodeId output : outputs) net.mark_output(output);
    return canonical_hash(net);
  };
  const std::set<Hash> all{hash({}), hash({1}), hash({2}), hash({1, 2}), hash({2, 1})};
  CHECK(all.size() == 5);
}

/// So many rings of `length` convolutions, each added to the next.
Architecture rings(std::size_t count, std::size_t length) {
  Architecture net;
  const NodeId x = net.add(input_op({4}), {});
  std::vector<NodeId> sums;
  for (std::size_t ring = 0; ring < count; ++ring) {
    std::vector<NodeId> nodes;
    for (std::size_t i = 0; i < length; ++i) nodes.push_back(conv(net, x));
    for (std::size_t i = 0; i < length; ++i) {
      sums.push_back(sum(net, {nodes[i], nodes[(i + 1) % length]}));
    }
  }
  net.mark_output(sum(net, sums));
  return net;
}

TEST_CASE("networks that look alike from every node are still told apart") {
  Random random(5);
  CHECK(canonical_hash(rings(1, 8)) != canonical_hash(rings(2, 4)));
  CHECK(canonical_hash(rings(1, 12)) != canonical_hash(rings(3, 4)));
  CHECK(canonical_hash(rings(2, 6)) != canonical_hash(rings(3, 4)));
  CHECK(canonical_hash(rings(2, 6)) == canonical_hash(renumbered(rings(2, 6), random)));
}

TEST_CASE("a hash stays the same from one release to the next") {
  CHECK(canonical_hash(mobilenet_v2()).text() == "28f40e9572dc6152c79b40da5158631b");
}

}  // namespace
}  // namespace nas
