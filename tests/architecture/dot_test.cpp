#include <sstream>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/graphviz.hpp>
#include <catch2/catch.hpp>

#include "core/architecture/architecture_json.hpp"
#include "tests/architecture/networks.hpp"

namespace nas {
namespace {

struct Vertex {
  std::string id, label;
};
struct Edge {
  std::string label;
};
using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, Vertex, Edge>;

/// As another program reads it.
Graph parsed(const std::string& dot) {
  Graph graph;
  boost::dynamic_properties properties(boost::ignore_other_properties);
  properties.property("node_id", boost::get(&Vertex::id, graph));
  properties.property("label", boost::get(&Vertex::label, graph));
  properties.property("label", boost::get(&Edge::label, graph));
  std::istringstream in(dot);
  REQUIRE(boost::read_graphviz(in, graph, properties));
  return graph;
}

TEST_CASE("a network is drawn with its attributes and shapes") {
  Architecture net;
  const NodeId image = net.add(input_op({1, 28, 28}), {}, "image");
  const NodeId stem = net.add(convolution({.out_channels = 16, .kernel = 3}), {image}, "stem");
  net.mark_output(net.add(Op(OpKind::relu), {stem}, "out"));
  const std::string dot = to_dot(net);
  for (const char* line :
       {"  n0 [label=\"image\\ninput, channels 1, height 28,\\nwidth 28\", "
        "fillcolor=\"#ffffff\"];\n",
        "  n1 [label=\"stem\\nconvolution, out_channels 16,\\nkernel 3x3, padding 1x1\", "
        "fillcolor=\"#c9dff2\"];\n",
        "  n2 [label=\"out\\nrelu\", fillcolor=\"#fbf3d0\", peripheries=2];\n",
        "  n0 -> n1 [label=\"1x28x28\"];\n", "  n1 -> n2 [label=\"16x28x28\"];\n"}) {
    INFO(line);
    CHECK(dot.find(line) != std::string::npos);
  }
}

TEST_CASE("another program reads every node and every edge") {
  const Architecture net = mobilenet_v2();
  const Graph graph = parsed(to_dot(net));
  std::size_t edges = 0;
  for (NodeId node = 0; node < net.size(); ++node) edges += net.inputs(node).size();
  CHECK(boost::num_vertices(graph) == net.size());
  CHECK(boost::num_edges(graph) == edges);
}

TEST_CASE("a name cannot break out of its label") {
  Architecture net;
  net.mark_output(net.add(input_op({4}), {}, "a\" b\\ \n; n9 [x]"));
  const std::string dot = to_dot(net);
  CHECK(dot.find("label=\"a\\\" b\\\\ \\n; n9 [x]\\ninput") != std::string::npos);
  CHECK(boost::num_vertices(parsed(dot)) == 1);
}

}  // namespace
}  // namespace nas
