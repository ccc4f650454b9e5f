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

TEST_CASE("every limit that excludes something is named, the one that excludes most first") {
  const std::vector<Limit> limits = {{"params", 100}, {"macs", 1000}, {"ram", 50}};
  Feasibility feasibility(limits);
  CHECK_FALSE(feasibility.check({{"params", 200}, {"macs", 900}, {"ram", 60}}));
  CHECK_FALSE(feasibility.check({{"params", 90}, {"macs", 800}, {"ram", 55}}));
  const std::string text = feasibility.explanation();
  CHECK(text.find("'ram' <= 50 excludes 2") < text.find("'params' <= 100 excludes 1"));
  CHECK_THAT(text, Contains("smallest value seen is 90") && Contains("raise to at least ram=55"));
  CHECK_THAT(text, !Contains("macs"));
}

TEST_CASE("limits that only together exclude everything are explained as such") {
  const std::vector<Limit> limits = {{"params", 100}, {"ram", 50}};
  Feasibility feasibility(limits);
  CHECK_FALSE(feasibility.check({{"params", 200}, {"ram", 40}}));
  CHECK_FALSE(feasibility.check({{"params", 90}, {"ram", 60}}));
  CHECK_THAT(feasibility.explanation(), Contains("each limit alone lets some through") &&
                                            Contains("smallest value seen is 90") &&
                                            Contains("smallest value seen is 40"));
}

TEST_CASE("limits that have excluded nothing are not blamed") {
  CHECK(Feasibility({}).explanation() == "no limit excludes anything");
}
