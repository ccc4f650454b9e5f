// What a comparison is asserted to show.

#include "results/comparison_claim.hpp"

#include <catch2/catch.hpp>

#include "core/base/error.hpp"

namespace nas {
namespace {

using Catch::Matchers::Contains;

TEST_CASE("an assertion names two groups and a level") {
  const ComparisonClaim claim = parse_claim("evolution population=10 > random  @ 0.01");
  CHECK(claim.better == "evolution population=10");
  CHECK(claim.worse == "random");
  CHECK(claim.level == 0.01);
  CHECK(parse_claim("a > b").level == 0.05);
  const ComparisonClaim narrow = parse_claim("a>b@0.01");
  CHECK(narrow.better == "a");
  CHECK(narrow.worse == "b");
  CHECK(narrow.level == 0.01);
  CHECK(parse_claim("a x>y > b").better == "a x>y");
}

TEST_CASE("an assertion that cannot be read says what it is") {
  for (const char* text : {"a", "a > ", " > b", "a > b @ 1", "a > b @ 0", "a > b @ x"}) {
    CHECK_THROWS_WITH(parse_claim(text),
                      Contains("cannot read the assertion '" + std::string(text) + "'") &&
                          Contains("BETTER > WORSE @ LEVEL"));
  }
  CHECK_THROWS_WITH(parse_claim("a < b @ 0.05"), Contains("the better group comes first"));
}

TEST_CASE("a p-value holds at its level, however it is rounded") {
  CHECK(holds_at(1.0 / 20, 0.05));
  CHECK(holds_at(0.05 + 1e-15, 0.05));
  CHECK_FALSE(holds_at(0.0501, 0.05));
}

void check_claims(const std::vector<std::string>& texts, const std::vector<ClaimSize>& sizes) {
  std::vector<ComparisonClaim> claims;
  for (const std::string& text : texts) claims.push_back(parse_claim(text));
  check_attainable(claims, sizes);
}

// One order of C(6, 3) = 20, of C(8, 4) = 70, of C(10, 5) = 252.
TEST_CASE("a level that no outcome could reach is refused, with the seeds that it takes") {
  CHECK_NOTHROW(check_claims({"a > b @ 0.05"}, {{3, 3}}));
  CHECK_THROWS_WITH(check_claims({"a > b @ 0.01"}, {{3, 3}}),
                    Contains("with 3 and 3 seeds the least p-value is 0.05; it takes 5 seeds of "
                             "each group"));
  CHECK_THROWS_WITH(check_claims({"a > b @ 0.05"}, {{1, 9}}), Contains("with 1 and 9 seeds"));
  CHECK_NOTHROW(check_claims({"a > b @ 0.05"}, {{1, 19}}));
}

TEST_CASE("paired, every sign counts") {
  CHECK_NOTHROW(check_claims({"a > b @ 0.05"}, {{5, 5, true}}));
  CHECK_THROWS_WITH(check_claims({"a > b @ 0.05"}, {{4, 4, true}}),
                    Contains("with 4 seeds in common the least p-value is 0.0625; it takes 5 seeds "
                             "in common"));
}

TEST_CASE("several assertions share the level, as Holm has it") {
  CHECK_THROWS_WITH(check_claims({"a > b @ 0.05", "a > c @ 0.05"}, {{3, 3}, {3, 3}}),
                    Contains("the least p-value is 0.1, corrected for 2 assertions; it takes 4 "
                             "seeds of each group"));
  CHECK_NOTHROW(check_claims({"a > b @ 0.05", "a > c @ 0.05"}, {{4, 4}, {4, 4}}));
  // The one with more runs is tested first, and leaves the whole level to the other.
  CHECK_NOTHROW(check_claims({"a > b @ 0.05", "a > c @ 0.05"}, {{3, 3}, {4, 4}}));
}

}  // namespace
}  // namespace nas
