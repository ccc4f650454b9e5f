#include "search_spaces/nas_bench_macro.hpp"

#include <set>

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"
#include "core/search/big_integer.hpp"
#include "core/statistics/distribution.hpp"
#include "tests/search_spaces/make_space.hpp"
#include "tests/search_spaces/published_table.hpp"

using namespace nas;
using namespace nas::test;

TEST_CASE("NAS-Bench-Macro has the known numbers of networks") {
  const auto space = make_space("nasbench-macro");
  CHECK(space->size()->value == 6561);
  CHECK(count_by_enumeration(*space) == 6561);
  CHECK(count_enumerated(*space) == 3969);
  CHECK(count_of(*space, "canonical") == "3969");
}

TEST_CASE("identities commute with what follows them in their stage") {
  const auto space = make_space("nasbench-macro");
  CHECK(space->canonical(genotype_of("00012100")) == genotype_of("00012100"));
  CHECK(space->canonical(genotype_of("01001102")) == genotype_of("01010120"));
  CHECK(space->build(genotype_of("01001102")) == space->build(genotype_of("01010120")));
}

TEST_CASE("NAS-Bench-Macro's extremes cost what the benchmark says") {
  const auto space = make_space("nasbench-macro", {{"preset", "published"}});
  const Cost smallest = cost(space->build(genotype_of("00000000")));
  CHECK(smallest.params == 387882);
  CHECK(smallest.macs == 7713280);
  const Cost best = cost(space->build(genotype_of("22212220")));
  CHECK(best.params == 1985514);
  CHECK(best.macs == 85164544);
}

TEST_CASE("all of NAS-Bench-Macro's networks cost what the published table says") {
  const auto table = published_table("nasbench_macro.csv");
  if (table.empty()) {
    WARN("skipped: no table nas/nasbench_macro.csv in " << NAS_SHARED_DATA);
    return;
  }
  constexpr std::size_t arch = 0, params = 6, macs = 7;
  REQUIRE(table.front().at(params) == "params");
  REQUIRE(table.front().at(macs) == "flops");
  const auto space = make_space("nasbench-macro", {{"preset", "published"}});
  std::set<Genotype> canonical;
  std::size_t disagreeing = 0;
  for (std::size_t row = 1; row < table.size(); ++row) {
    const Genotype genotype = genotype_of(table[row].at(arch));
    const Cost found = cost(space->build(genotype));
    disagreeing += std::to_string(found.params) != table[row].at(params);
    disagreeing += std::to_string(found.macs) != table[row].at(macs);
    disagreeing += space->text(genotype) != table[row].at(arch);
    canonical.insert(space->canonical(genotype));
  }
  CHECK(disagreeing == 0);
  CHECK(table.size() == 6561 + 1);
  CHECK(canonical.size() == 3969);
}

TEST_CASE("the errors of NAS-Bench-Macro are distributed as published") {
  const auto table = published_table("nasbench_macro.csv");
  if (table.empty()) {
    WARN("skipped: no table nas/nasbench_macro.csv in " << NAS_SHARED_DATA);
    return;
  }
  constexpr std::size_t mean_accuracy = 4;
  REQUIRE(table.front().at(mean_accuracy) == "acc_mean");
  std::vector<double> errors;
  for (std::size_t row = 1; row < table.size(); ++row) {
    errors.push_back(100 - std::stod(table[row].at(mean_accuracy)));
  }
  const Distribution distribution{errors};
  CHECK(distribution.minimum() == Approx(6.873).margin(5e-4));
  CHECK(distribution.mean() == Approx(9.753).margin(5e-4));
  CHECK(distribution.share_below(8) == Approx(0.2062).margin(5e-5));
  CHECK(distribution.share_below(10) == Approx(0.6696).margin(5e-5));
}

TEST_CASE("each of NAS-Bench-Macro's eight layers may be one of two others") {
  // No identity before a layer that does something: all changes lead to canonical forms.
  CHECK(make_space("nasbench-macro")->neighbours(genotype_of("12121212")).size() == 8 * 2);
}

TEST_CASE("NAS-Bench-Macro needs something to halve three times") {
  CHECK_THROWS_WITH(make_space("nasbench-macro", {}, {{3, 7, 32}, 10}),
                    Catch::Contains("at least 8x8") && Catch::Contains("3x7x32"));
  check_complete(make_space("nasbench-macro", {}, {{1, 9, 13}, 2})->build(genotype_of("01201201")));
}
