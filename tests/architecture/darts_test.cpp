#include "core/architecture/darts.hpp"

#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "core/architecture/stored_tensors.hpp"
#include "tests/architecture/tasks.hpp"

namespace nas {
namespace {

Architecture search_network(std::int64_t channels, std::size_t cells) {
  return darts_search_network({.channels = channels, .cells = cells}, cifar10);
}

NodeId node_named(const Architecture& net, const std::string& name) {
  for (NodeId node = 0; node < net.size(); ++node) {
    if (net.name(node) == name) return node;
  }
  FAIL("no node " << name);
  return 0;
}

TEST_CASE("DARTS' networks have the parameters that the authors' code counts") {
  // Liu et al. 2018: the searched network, and DARTS_V2 without its auxiliary head (3.3 M).
  CHECK(cost(search_network(16, 8)).params == 1930618);
  CHECK(cost(search_network(8, 5)).params == 394210);
  CHECK(cost(search_network(4, 4)).params == 118742);
  CHECK(cost(search_network(4, 3)).params == 72854);
  CHECK(cost(darts_network(darts_v2(), {.channels = 36, .cells = 20}, cifar10)).params == 3349342);
}

TEST_CASE("all cells of one kind share 14 times 8 coefficients") {
  std::map<std::string, std::vector<std::int64_t>> coefficients;
  for (const StoredTensor& tensor : stored_tensors(search_network(4, 5))) {
    if (tensor.role == ParameterRole::coefficient) coefficients[tensor.name] = tensor.shape;
  }
  CHECK(coefficients == std::map<std::string, std::vector<std::int64_t>>{
                            {"alpha.normal", {14, 8}}, {"alpha.reduction", {14, 8}}});
}

TEST_CASE("the edges of a searched cell use the rows of coefficients in the authors' order") {
  const Architecture net = search_network(4, 3);
  std::int64_t edge = 0;
  for (std::size_t node = 0; node < darts_nodes; ++node) {
    for (std::size_t from = 0; from < node + 2; ++from, ++edge) {
      const auto name = "cell0.node" + std::to_string(node) + ".from" + std::to_string(from);
      const ParameterReference reference = net.reference(node_named(net, name), "coefficient");
      const RangeView expected{.axis = 0, .begin = edge, .count = 1};
      CHECK(std::get<RangeView>(reference.views.front()) == expected);
    }
  }
  CHECK(edge == darts_edges);
}

TEST_CASE("a searched edge mixes all ops, with a batch norm that is not affine behind pooling") {
  const Architecture net = search_network(4, 3);
  const NodeId mix = node_named(net, "cell1.node0.from0");
  std::vector<std::string> names;
  for (const NodeId input : net.inputs(mix)) names.push_back(net.name(input));
  const std::string edge = "cell1.node0.from0.";
  CHECK(names == std::vector<std::string>{
                     edge + "none", edge + "max_pool_3x3.norm", edge + "avg_pool_3x3.norm",
                     edge + "skip_connect.norm", edge + "sep_conv_3x3.second.pointwise.norm",
                     edge + "sep_conv_5x5.second.pointwise.norm",
                     edge + "dil_conv_3x3.pointwise.norm", edge + "dil_conv_5x5.pointwise.norm"});
  for (NodeId node = 0; node < net.size(); ++node) {
    if (net.op(node).kind() != OpKind::batch_norm) continue;
    CAPTURE(net.name(node));
    CHECK(net.op(node).integer("affine") == (net.name(node) == "stem.norm" ? 1 : 0));
  }
}

TEST_CASE("the cells at one and two thirds of the depth halve the image") {
  const Architecture net = search_network(8, 5);
  const std::vector<Shape> expected = {
      {32, 32, 32}, {64, 16, 16}, {64, 16, 16}, {128, 8, 8}, {128, 8, 8}};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(net.shape(node_named(net, "cell" + std::to_string(i))) == expected[i]);
  }
}

}  // namespace
}  // namespace nas
