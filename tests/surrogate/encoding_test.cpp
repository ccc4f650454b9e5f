#include "plugins/strategies/bananas/encoding.hpp"

#include <set>

#include <catch2/catch.hpp>

#include "tests/search_spaces/make_space.hpp"
#include "tests/surrogate/points.hpp"

using namespace nas;
using namespace nas::test;

namespace {

using BitList = std::vector<std::size_t>;

}  // namespace

TEST_CASE("the path encoding of NAS-Bench-201 has 155 bits, that of NAS-Bench-101 364") {
  CHECK(path_encoding(make_space("nasbench201")->decisions(), 0)->size() == 155);
  CHECK(path_encoding(make_space("nasbench101")->decisions(), 0)->size() == 364);
  CHECK(path_encoding(make_space("nasbench201")->decisions(), 30)->size() == 30);
}

TEST_CASE("the four ways through a cell of NAS-Bench-201 are numbered by their ops") {
  const auto encoding = path_encoding(make_space("nasbench201")->decisions(), 0);
  // Edges 0->1 3, 0->2 1, 1->2 4, 0->3 2, 1->3 0, 2->3 1. Ways: 03; 01, 13; 02, 23; 01, 12, 23.
  CHECK(encoding->bits({{3, 1, 4, 2, 0, 1}}) ==
        BitList{2, 5 + 3 + 0 * 5, 5 + 1 + 1 * 5, 30 + 3 + 4 * 5 + 1 * 25});
  const auto truncated = path_encoding(make_space("nasbench201")->decisions(), 30);
  CHECK(truncated->bits({{3, 1, 4, 2, 0, 1}}) == BitList{2, 8, 11});
  // Two ways of the same ops are one bit.
  CHECK(encoding->bits({{1, 1, 1, 1, 1, 1}}) == BitList{1, 5 + 6, 30 + 31});
}

TEST_CASE("the ways through a cell of NAS-Bench-101 pass ops at vertices") {
  const auto space = make_space("nasbench101");
  const auto encoding = path_encoding(space->decisions(), 0);
  const auto cell = [&](const std::set<std::string>& edges, const std::vector<int>& ops) {
    Genotype genotype;
    std::size_t vertex = 0;
    for (const Decision& decision : space->decisions()) {
      const bool is_edge = decision.name.starts_with("edge");
      genotype.answers.push_back(is_edge ? static_cast<int>(edges.contains(decision.name))
                                         : ops[vertex++]);
    }
    return genotype;
  };
  CHECK(encoding->bits(cell({"edge 0->6"}, {0, 0, 0, 0, 0})) == BitList{0});
  CHECK(encoding->bits(cell({"edge 0->6", "edge 0->1", "edge 1->6"}, {2, 0, 0, 0, 0})) ==
        BitList{0, 1 + 2});
  CHECK(encoding->bits(cell({"edge 0->1", "edge 1->2", "edge 2->6"}, {2, 1, 0, 0, 0})) ==
        BitList{1 + 3 + 2 + 1 * 3});
}

TEST_CASE("the path encoding tells canonical cells of NAS-Bench-201 apart as far as they differ") {
  const auto space = make_space("nasbench201");
  const auto encoding = path_encoding(space->decisions(), 0);
  std::set<BitList> codes;
  std::size_t cells = 0;
  space->enumerate([&](const Genotype& genotype) {
    ++cells;
    codes.insert(encoding->bits(genotype));
    return true;
  });
  CHECK(cells == 6466);
  CHECK(codes.size() > 5000);  // sums of several ways may be of the same ways
}

TEST_CASE("a space that is no cell has no path encoding") {
  CHECK(path_encoding(make_space("mbconv")->decisions(), 0) == nullptr);
  CHECK(path_encoding(fake::Space(3, 4).decisions(), 0) == nullptr);
  CHECK(path_encoding({{"edge 0->1", {"a", "b"}, false}, {"edge 0->2", {"a", "c"}, false}}, 0) ==
        nullptr);
  CHECK(path_encoding({{"edge 0->x", {"a", "b"}, false}}, 0) == nullptr);
  CHECK(path_encoding({{"edge 0->2", {"no", "yes"}, false}, {"vertex7.up", {"a"}, false}}, 0) ==
        nullptr);
}

TEST_CASE("the one-hot encoding has a bit for every option, one of each decision is 1") {
  const auto encoding = one_hot_encoding(
      {{"a", {"x", "y"}, false}, {"b", {"1", "2", "3"}, true}, {"c", {"x", "y"}, false}});
  CHECK(encoding->size() == 7);
  CHECK(encoding->bits({{1, 2, 0}}) == BitList{1, 4, 5});
}

TEST_CASE("free-form networks are told apart by a hash of their ops") {
  const auto space = make_space("nasbot");
  const auto encoding = hashed_encoding(*space);
  std::set<BitList> codes;
  for (const Genotype& point : sampled(*space, 10)) {
    const BitList bits = encoding->bits(point);
    CHECK(bits.back() < encoding->size());
    codes.insert(bits);
  }
  CHECK(codes.size() >= 9);
}
