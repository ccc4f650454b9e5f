#include "search_spaces/registry.hpp"

#include <catch2/catch.hpp>

#include "core/base/error.hpp"

using namespace nas;

TEST_CASE("a space is found by its name") { REQUIRE(search_space("mbconv").name == "mbconv"); }

TEST_CASE("an unknown space is an error that suggests the nearest name") {
  try {
    search_space("mbcnov");
    FAIL("accepted");
  } catch (const Error& error) {
    REQUIRE(error.kind() == ErrorKind::config);
    REQUIRE_THAT(error.what(), Catch::Contains("'mbcnov'") && Catch::Contains("mbconv"));
  }
}
