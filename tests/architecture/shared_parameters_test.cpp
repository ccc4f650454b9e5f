// What costs and hashes make of parameters that are views of stored tensors, or share them.
#include <set>

#include <catch2/catch.hpp>

#include "core/architecture/canonical_hash.hpp"
#include "core/architecture/cost_model.hpp"
#include "tests/architecture/elastic_example.hpp"

namespace nas {
namespace {

using Extents = std::vector<std::int64_t>;

TEST_CASE("a view costs what it gives, whatever it is of") {
  CHECK(cost(elastic_example().net) == cost(Example().net));
}

TEST_CASE("equal references are counted once, at the first node") {
  Example example;
  example.net.refer(example.b, "weight", {"a.weight", {4, 1, 3, 3}, {}});
  const std::int64_t kernels = 4 * 9;
  CHECK(cost(example.net).params == cost(Example().net).params - kernels);
  const std::vector<NodeCost> costs = node_costs(example.net);
  CHECK(costs[example.a].params == kernels);
  CHECK(costs[example.b].params == 0);
  CHECK(costs[example.b].macs == node_costs(Example().net)[example.b].macs);
  // Different views of one tensor are two.
  Example other = elastic_example();
  other.net.refer(other.b, "weight",
                  {"big", {8, 1, 7, 7}, {CentreView{3, 3}, RangeView{.begin = 4, .count = 4}}});
  CHECK(cost(other.net).params == cost(Example().net).params);
}

TEST_CASE("a batch norm does not fold into weights that others use too") {
  Example example;
  const std::int64_t shift = 4, scale_and_shift = 8, kernels = 4 * 9;
  CHECK(cost(example.net).flash_int8 == 2 * kernels + shift);
  example.net.refer(example.b, "weight", {"a.weight", {4, 1, 3, 3}, {}});
  CHECK(cost(example.net).flash_int8 == kernels + scale_and_shift);
}

TEST_CASE("coefficients are no weights") {
  Architecture net;
  const NodeId x = net.add(input_op({4}), {});
  net.mark_output(net.add(Op(OpKind::mix), {x, x, x}));
  CHECK(cost(net).params == 0);
  CHECK(cost(net).flash == 0);
}

Hash hash_with(const std::vector<View>& views, const Extents& shape, const std::string& name) {
  Example example;
  example.net.refer(example.a, "weight", {name, shape, views});
  return canonical_hash(example.net);
}

TEST_CASE("names of stored tensors do not change a hash, views do") {
  const Hash base = canonical_hash(Example().net);
  CHECK(hash_with({}, {4, 1, 3, 3}, "elsewhere") == base);
  CHECK(hash_with({RangeView{.count = 4}}, {4, 1, 3, 3}, "elsewhere") == base);
  const std::vector<View> first = {CentreView{3, 3}, RangeView{.axis = 0, .count = 4}};
  const std::vector<View> same = {RangeView{.axis = 0, .count = 4}, CentreView{5, 5},
                                  CentreView{3, 3}};
  const std::vector<View> last = {CentreView{3, 3}, RangeView{.axis = 0, .begin = 4, .count = 4}};
  const Extents big{8, 1, 7, 7};
  CHECK(hash_with(first, big, "x") == hash_with(first, big, "y"));
  CHECK(hash_with(first, big, "x") == hash_with(same, big, "x"));
  std::vector<View> renamed = elastic;
  renamed[1] = TransformView{"another"};
  CHECK(hash_with(elastic, big, "x") == hash_with(renamed, big, "x"));
  const std::set<Hash> different = {base,
                                    hash_with(first, big, "x"),
                                    hash_with(last, big, "x"),
                                    hash_with(first, {9, 1, 7, 7}, "x"),
                                    hash_with(elastic, big, "x"),
                                    hash_with({ReshapeView{{4, 1, 3, 3}}}, {4, 9}, "x")};
  CHECK(different.size() == 6);
}

/// Four convolutions side by side, of which those with equal numbers share their weights.
Hash hash_of_sharing(const std::vector<int>& tensors) {
  Architecture net;
  const NodeId x = net.add(input_op({4}), {});
  std::vector<NodeId> nodes;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    nodes.push_back(net.add(convolution({.out_channels = 4}), {x}));
    net.refer(nodes.back(), "weight", {"t" + std::to_string(tensors[i]), {4, 4, 1, 1}, {}});
  }
  NodeId sum = net.add(Op(OpKind::add), {nodes[0], nodes[1]});
  sum = net.add(Op(OpKind::add), {sum, net.add(Op(OpKind::add), {nodes[2], nodes[3]})});
  net.mark_output(sum);
  return canonical_hash(net);
}

TEST_CASE("who shares with whom within a network changes its hash") {
  const std::set<Hash> different = {hash_of_sharing({0, 1, 2, 3}), hash_of_sharing({0, 0, 2, 3}),
                                    hash_of_sharing({0, 1, 0, 3}), hash_of_sharing({0, 0, 2, 2}),
                                    hash_of_sharing({0, 1, 0, 1}), hash_of_sharing({0, 0, 0, 3}),
                                    hash_of_sharing({0, 0, 0, 0})};
  CHECK(different.size() == 7);
  // The same up to names and numbering.
  CHECK(hash_of_sharing({0, 1, 2, 3}) == hash_of_sharing({4, 5, 6, 7}));
  CHECK(hash_of_sharing({0, 1, 0, 1}) == hash_of_sharing({0, 1, 1, 0}));
  CHECK(hash_of_sharing({0, 0, 2, 3}) == hash_of_sharing({3, 2, 0, 0}));
  CHECK(hash_of_sharing({0, 1, 0, 3}) == hash_of_sharing({7, 2, 5, 2}));
}

TEST_CASE("sharing the matrix of a transform changes a hash too") {
  const auto hash = [](const std::string& first, const std::string& second) {
    Example example;
    for (const auto& [node, matrix] : {std::pair(example.a, first), std::pair(example.b, second)}) {
      example.net.refer(node, "weight",
                        {"w" + std::to_string(node), {4, 1, 3, 3}, {TransformView{matrix}}});
    }
    return canonical_hash(example.net);
  };
  CHECK(hash("m", "m") != hash("m", "n"));
  CHECK(hash("m", "m") == hash("n", "n"));
}

}  // namespace
}  // namespace nas
