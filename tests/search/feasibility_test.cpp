#include "core/search/feasibility.hpp"

#include <catch2/catch.hpp>

using namespace nas;
using Catch::Matchers::Contains;

TEST_CASE("the explanation names the limit that excludes most and the smallest value seen") {
  const std::vector<Limit> limits = {{"params", 100}, {"ram", 50}};
  Feasibility feasibility(limits);
  CHECK_FALSE(feasibility.check({{"params", 200}, {"ram", 60}}));
  CHECK_FALSE(feasibility.check({{"params", 90}, {"ram", 55}}));
  CHECK(feasibility.streak() == 2);
  CHECK_THAT(feasibility.explanation(),
             Contains("'ram' <= 50 excludes 2 of them") && Contains("smallest value seen is 55"));
}

TEST_CASE("a streak begins anew after a feasible proposal") {
  const std::vector<Limit> limits = {{"params", 100}};
  Feasibility feasibility(limits);
  CHECK_FALSE(feasibility.check({{"params", 101}}));
  CHECK(feasibility.check({{"params", 100}}));
  CHECK(feasibility.streak() == 0);
  CHECK_FALSE(feasibility.check({{"params", 300}}));
  CHECK_THAT(feasibility.explanation(), Contains("smallest value seen is 300"));
}
