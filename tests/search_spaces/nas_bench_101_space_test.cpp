#include "search_spaces/nas_bench_101_space.hpp"

#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"
#include "core/search/big_integer.hpp"
#include "tests/search_spaces/make_space.hpp"
#include "tests/search_spaces/published_table.hpp"

using namespace nas;
using namespace nas::test;

namespace {

using enum NasBench101Op;

/// The first cell of the published table.
const NasBench101Cell first_of_table{
    {conv3x3, maxpool3x3, conv3x3, conv3x3, conv1x1},
    {{0, 1}, {0, 4}, {0, 5}, {1, 2}, {2, 3}, {2, 6}, {3, 5}, {4, 5}, {5, 6}}};
constexpr const char* key_of_first = "00005c142e6f48ac74fdcf73e3439874";

std::unique_ptr<SearchSpace> small(const char* vertices) {
  return make_space("nasbench101", {{"vertices", vertices}});
}

}  // namespace

TEST_CASE("NAS-Bench-101 has the known numbers of cells, by the most vertices") {
  const std::map<const char*, const char*> known = {{"2", "1"},    {"3", "7"},     {"4", "91"},
                                                    {"5", "2532"}, {"6", "64542"}, {"7", "423624"}};
  for (const auto& [vertices, count] : known) {
    CHECK(count_of(*small(vertices), "canonical") == count);
  }
  const auto space = make_space("nasbench101");
  CHECK(count_of(*space, "unpruned") == "509607936");
  CHECK(count_of(*space, "pruned") == "1293208");
}

TEST_CASE("the sizes of small NAS-Bench-101 spaces equal the numbers enumerated") {
  for (const auto& [vertices, edges] :
       {std::pair("3", "9"), {"4", "9"}, {"4", "3"}, {"5", "9"}, {"5", "4"}}) {
    CAPTURE(vertices, edges);
    const auto space = make_space("nasbench101", {{"vertices", vertices}, {"edges", edges}});
    CHECK(space->size()->value == count_by_enumeration(*space));
    CHECK(count_of(*space, "canonical") == std::to_string(count_enumerated(*space)));
    // Walking all genotypes finds the same canonical ones.
    std::size_t walked = 0;
    space->SearchSpace::enumerate([&](const Genotype&) { return ++walked > 0; });
    CHECK(walked == count_enumerated(*space));
  }
}

TEST_CASE("completions count what a prefix leaves open") {
  const auto space = small("4");
  const Genotype prefix{{1, 0, 0, 1, 0, 0, 0, 0}};
  std::size_t count = 0;
  Genotype genotype = prefix;
  for (int rest = 0; rest < 4 * 9; ++rest) {
    genotype.answers[4] = rest & 1;
    genotype.answers[5] = (rest >> 1) & 1;
    genotype.answers[6] = (rest / 4) % 3;
    genotype.answers[7] = rest / 12;
    try {
      space->validate(genotype);
      ++count;
    } catch (const Error&) {
    }
  }
  CHECK(space->completions(prefix, 4)->value == count);
}

TEST_CASE("the hash is the benchmark's, and the same however the vertices are numbered") {
  CHECK(nas_bench_101_hash(first_of_table) == key_of_first);
  // Vertex 4, which only the input leads to, as vertex 1.
  const NasBench101Cell renumbered{
      {conv3x3, conv3x3, maxpool3x3, conv3x3, conv1x1},
      {{0, 2}, {0, 1}, {0, 5}, {2, 3}, {3, 4}, {3, 6}, {4, 5}, {1, 5}, {5, 6}}};
  CHECK(nas_bench_101_hash(renumbered) == key_of_first);
  const NasBench101Cells cells(7, 9);
  CHECK(cells.canonical(cells.form(renumbered)) == cells.canonical(cells.form(first_of_table)));
  CHECK(nas_bench_101_hash(cells.cell(cells.canonical(cells.form(renumbered)))) == key_of_first);
}

TEST_CASE("different cells of at most five vertices have different hashes") {
  const NasBench101Cells cells(5, 9);
  std::set<std::string> hashes;
  cells.enumerate([&](const NasBench101Form& form) {
    hashes.insert(nas_bench_101_hash(cells.cell(form)));
    return true;
  });
  CHECK(hashes.size() == 2532);
}

TEST_CASE("vertices on no path are pruned, and their ops are no choice") {
  const auto space = small("4");
  // Edges 01 02 03 12 13 23, ops 1 2: vertex 1 leads nowhere.
  const Genotype dead{{1, 1, 0, 0, 0, 1, 0, 2}};
  CHECK(space->canonical(dead) == Genotype{{1, 0, 0, 0, 1, 0, 2, 0}});
  CHECK(space->allowed(dead, 6) == std::vector<bool>{true, false, false});
  CHECK(space->build(dead) == space->build({{1, 0, 0, 0, 1, 0, 2, 0}}));
  CHECK(space->text(dead) == "maxpool3x3(0) output(1)");
  CHECK_THROWS_WITH(space->build({{1, 0, 0, 0, 0, 0, 0, 0}}), Catch::Contains("not open"));
}

TEST_CASE("the answers leave room for a path, and for no more edges than there may be") {
  const auto space = make_space("nasbench101", {{"vertices", "4"}, {"edges", "2"}});
  // After 0->1 only one edge is left: it must go on from there.
  CHECK(space->allowed({{1, 0, 0, 0, 0, 0, 0, 0}}, 1) == std::vector<bool>{true, false});
  CHECK(space->allowed({{1, 0, 0, 0, 0, 0, 0, 0}}, 4) == std::vector<bool>{false, true});
  CHECK(space->allowed({{0, 0, 0, 0, 0, 0, 0, 0}}, 2) == std::vector<bool>{false, true});
}

TEST_CASE("uniform samples of NAS-Bench-101 reach every small cell alike") {
  const auto space = small("4");
  std::map<Genotype, int> seen;
  Random random(derive_seed(1, "nasbench101"));
  for (int i = 0; i < 9100; ++i) ++seen[space->sample_uniform(random)];
  CHECK(seen.size() == 91);
  for (const auto& [genotype, count] : seen) {
    // 100 expected, with a standard deviation of 10.
    CHECK(space->canonical(genotype) == genotype);
    CHECK(count > 50);
    CHECK(count < 150);
  }
}

TEST_CASE("neighbours lead from the smallest cell to all others") {
  const auto space = small("5");
  std::set<Genotype> reached;
  std::vector<Genotype> border;
  space->enumerate([&](const Genotype& first) {
    border.push_back(first);
    return false;
  });
  reached.insert(border.front());
  while (!border.empty()) {
    const Genotype from = border.back();
    border.pop_back();
    for (const Genotype& to : space->neighbours(from)) {
      if (reached.insert(to).second) border.push_back(to);
    }
  }
  CHECK(reached.size() == 2532);
}

TEST_CASE("NAS-Bench-101's networks have the benchmark's parameters, and build at any resolution") {
  const NasBench101Cells cells(7, 9);
  const auto space = make_space("nasbench101", {{"preset", "published"}});
  Genotype genotype;
  const NasBench101Form form = cells.form(first_of_table);
  for (std::size_t i = 0; i < 21; ++i) {
    genotype.answers.push_back(static_cast<int>((form.edges >> (20 - i)) & 1U));
  }
  for (const std::uint8_t op : form.ops) genotype.answers.push_back(op);
  CHECK(cost(space->build(genotype)).params == 8555530);
  Random random(derive_seed(2, "nasbench101"));
  for (const Task& task : {Task{{1, 28, 28}, 10}, Task{{2, 9, 17}, 3}, Task{{1, 4, 4}, 2}}) {
    const auto other = make_space("nasbench101", {}, task);
    for (int i = 0; i < 5; ++i) check_complete(other->build(other->sample_uniform(random)));
  }
  CHECK_THROWS_WITH(make_space("nasbench101", {}, {{3, 3, 9}, 10}),
                    Catch::Contains("at least 4x4"));
}

TEST_CASE("NAS-Bench-101's cells are read as a matrix and ops") {
  const auto space = make_space("nasbench101");
  const auto genotype = space->parse_code("0110;0010;0001;0000,-1 2 1 -2");
  REQUIRE(genotype.has_value());
  CHECK(space->text(*genotype) == "maxpool3x3(0) conv1x1(0+1) output(2)");
  CHECK(space->canonical(*genotype) == *genotype);
  CHECK(space->parse_code("0110;0010;0001;0000,-1 maxpool3x3 conv1x1 -2") == genotype);
  CHECK(space->parse_code(genotype->text()) == genotype);
  // Vertices that lead nowhere, or that nothing leads to, count for nothing.
  CHECK(space->parse_code("01100;00100;00011;00000;00000,-1 2 1 0 -2") == genotype);
  CHECK(space->parse_code("0101;0001;0001;0000,-1 2 0 -2") ==
        space->parse_code("011;001;000,-1 2 -2"));
}

TEST_CASE("what is no cell of NAS-Bench-101 is not read") {
  const auto space = make_space("nasbench101");
  const std::string code =
      GENERATE("", ",", "011;001;000", "011;001;000,", "011;001;000,-1 2", "011;001;000,-1 3 -2",
               "011;001;000,-2 0 -1", "011;001;00,-1 0 -2", "011;101;000,-1 0 -2",
               "012;001;000,-1 0 -2", "010;000;000,-1 0 -2", "0,-1", "abc,-1 0 -2");
  INFO(code);
  CHECK_FALSE(space->parse_code(code).has_value());
}

TEST_CASE("cells of a published table are those that its hashes name") {
  const auto table = published_table("ecnas_nb101_small.csv.gz");
  if (table.empty()) {
    WARN("skipped: no table nas/ecnas_nb101_small.csv.gz in " << NAS_SHARED_DATA);
    return;
  }
  constexpr std::size_t hash = 1, matrix = 4, ops = 5;
  REQUIRE(table.front().at(matrix) == "adj_rows");
  REQUIRE(table.front().at(ops) == "ops");
  const auto space = make_space("nasbench101");
  std::map<std::string, Genotype> by_hash;
  std::set<Genotype> genotypes;
  for (std::size_t row = 1; row < table.size(); ++row) {
    const auto cell = nas_bench_101_cell(table[row].at(matrix), table[row].at(ops));
    REQUIRE(cell.has_value());
    CHECK(nas_bench_101_hash(*cell) == table[row].at(hash));
    const auto genotype = space->parse_code(table[row].at(matrix) + "," + table[row].at(ops));
    REQUIRE(genotype.has_value());
    genotypes.insert(*genotype);
    CHECK(by_hash.try_emplace(table[row].at(hash), *genotype).first->second == *genotype);
  }
  CHECK(by_hash.size() == genotypes.size());
}
