#include "core/search/genotype.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "core/base/error.hpp"

using namespace nas;
using Catch::Matchers::Contains;

TEST_CASE("a genotype's text is read back") {
  for (const Genotype& genotype : {Genotype{{0, 2, 1}}, Genotype{{7}}, Genotype{}}) {
    CHECK(parse_genotype(genotype.text()) == genotype);
  }
  CHECK(Genotype{{0, 2, 1}}.text() == "[0,2,1]");
  CHECK(parse_genotype(" [ 0, 2 ,1 ] ") == Genotype{{0, 2, 1}});
}

TEST_CASE("what is no genotype is refused with an example") {
  const auto text = GENERATE("", "[", "]", "0,1", "[0,1", "[0,,1]", "[0,]", "[a]", "[-1]", "[1.5]",
                             "[99999999999]", "[0] x");
  CHECK_THROWS_WITH(parse_genotype(text),
                    Contains(fmt::format("'{}'", text)) && Contains("[0,2,1]"));
}
