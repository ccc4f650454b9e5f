#include "search_spaces/nas_bench_201_space.hpp"

#include <cmath>
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

TEST_CASE("NAS-Bench-201 has the known numbers of cells") {
  const auto space = make_space("nasbench201");
  CHECK(space->size()->value == 15625);
  CHECK(count_by_enumeration(*space) == 15625);
  CHECK(count_of(*space, "unsimplified") == "15625");
  CHECK(count_of(*space, "without skips") == "12751");
  CHECK(count_of(*space, "canonical") == "6466");
  CHECK(count_of(*space, "functions") == "4930");
  CHECK(count_enumerated(*space) == 6466);
}

TEST_CASE("in 341 of NAS-Bench-201's cells nothing reaches the output") {
  int disconnected = 0;
  for (int index = 0; index < 15625; ++index) {
    std::string code(6, '0');
    for (std::size_t i = 0, rest = static_cast<std::size_t>(index); i < code.size(); ++i) {
      code[i] = static_cast<char>('0' + rest % 5);
      rest /= 5;
    }
    disconnected += nas_bench_201_description(code, NasBench201Simplification::full).empty();
  }
  CHECK(disconnected == 341);
}

TEST_CASE("every edge of NAS-Bench-201's cells may have one of four other ops") {
  // All edges matter here, and no two of them alike.
  CHECK(make_space("nasbench201")->neighbours(genotype_of("234234")).size() == 6 * 4);
}

TEST_CASE("NAS-Bench-201's cells cost what the benchmark says, and are written as there") {
  const auto space = make_space("nasbench201", {{"preset", "published"}});
  CHECK(cost(space->build(genotype_of("333333"))).params == 1531546);
  CHECK(space->text(genotype_of("421211")) ==
        "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+"
        "|nor_conv_1x1~0|skip_connect~1|skip_connect~2|");
}

TEST_CASE("NAS-Bench-201's cells are read as six digits and as the benchmark writes them") {
  const auto space = make_space("nasbench201");
  const std::string text =
      "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+"
      "|nor_conv_1x1~0|skip_connect~1|skip_connect~2|";
  CHECK(space->parse_code("421211") == genotype_of("421211"));
  CHECK(space->parse_code(text) == genotype_of("421211"));
  CHECK(space->parse_code("[4,2,1,2,1,1]") == genotype_of("421211"));
  for (const std::string& wrong :
       {std::string("42121"), std::string("4212111"), std::string("521211"), std::string("|"),
        std::string(""), text + "|", text.substr(1), text.substr(0, text.size() - 1),
        std::string("|conv~0|+|none~0|none~1|+|none~0|none~1|none~2|")}) {
    INFO(wrong);
    CHECK_FALSE(space->parse_code(wrong).has_value());
  }
}

TEST_CASE("a mutation of NAS-Bench-201 draws a node, then one of its edges, then another op") {
  const auto space = make_space("nasbench201");
  const Genotype parent = genotype_of("012340");
  Random random(7);
  std::map<std::size_t, int> edges;
  std::map<int, int> ops;  // of the first edge
  constexpr int draws = 9000;
  for (int i = 0; i < draws; ++i) {
    const Genotype child = space->mutate_one(parent, random);
    REQUIRE(space->distance(parent, child) == 1);
    std::size_t edge = 0;
    while (child.answers[edge] == parent.answers[edge]) ++edge;
    ++edges[edge];
    if (edge == 0) ++ops[child.answers[0]];
  }
  // One edge leads to the first node, two to the second, three to the third. The margin is five
  // standard deviations.
  const std::vector<double> shares = {1.0 / 3, 1.0 / 6, 1.0 / 6, 1.0 / 9, 1.0 / 9, 1.0 / 9};
  for (std::size_t edge = 0; edge < shares.size(); ++edge) {
    INFO("edge " << edge);
    const double margin = 5 * std::sqrt(draws * shares[edge] * (1 - shares[edge]));
    CHECK(edges[edge] == Approx(draws * shares[edge]).margin(margin));
  }
  CHECK(ops.size() == 4);
  for (const auto& [op, count] : ops) CHECK(count == Approx(draws / 12.0).margin(150));
}

TEST_CASE("canonical cells of NAS-Bench-201 are the classes of the published table") {
  const auto table = published_table("nasbench201_cifar10.csv.gz");
  if (table.empty()) {
    WARN("skipped: no table nas/nasbench201_cifar10.csv.gz in " << NAS_SHARED_DATA);
    return;
  }
  constexpr std::size_t code = 1, text = 2, iso_class = 11;
  REQUIRE(table.front().at(code) == "code");
  REQUIRE(table.front().at(iso_class) == "iso_class");
  const auto space = make_space("nasbench201");
  std::map<Genotype, std::string> class_of;
  std::set<std::string> classes;
  std::size_t disagreeing = 0;
  for (std::size_t row = 1; row < table.size(); ++row) {
    const Genotype genotype = genotype_of(table[row].at(code));
    const std::string& expected = table[row].at(iso_class);
    classes.insert(expected);
    disagreeing +=
        class_of.try_emplace(space->canonical(genotype), expected).first->second != expected;
    disagreeing += space->text(genotype) != table[row].at(text);
  }
  CHECK(disagreeing == 0);
  CHECK(table.size() == 15625 + 1);
  CHECK(class_of.size() == 6466);
  CHECK(classes.size() == 6466);
}

TEST_CASE("NAS-Bench-201's networks build at any resolution from 4x4 on") {
  for (const Task& task : {Task{{1, 28, 28}, 10}, Task{{2, 9, 17}, 3}, Task{{1, 4, 4}, 2}}) {
    const auto space = make_space("nasbench201", {}, task);
    check_complete(space->build(genotype_of("432101")));
  }
  CHECK_THROWS_WITH(make_space("nasbench201", {}, {{3, 32, 3}, 10}),
                    Catch::Contains("at least 4x4"));
  CHECK_THROWS_WITH(make_space("nasbench201")->build(genotype_of("33333")),
                    Catch::Contains("5 answers"));
}
