#include "core/search/unseen.hpp"

#include <catch2/catch.hpp>

#include "core/base/error.hpp"
#include "tests/search/fakes.hpp"

using namespace nas;

TEST_CASE("the first draw that is new is taken") {
  int next = 0;
  const auto counting = [&] { return Genotype{{next++}}; };
  CHECK(draw_unseen({Genotype{{0}}, Genotype{{1}}}, counting) == Genotype{{2}});
}

TEST_CASE("drawing is given up where nothing new comes") {
  int draws = 0;
  const auto same = [&] {
    ++draws;
    return Genotype{{0}};
  };
  CHECK_FALSE(draw_unseen({Genotype{{0}}}, same, 7));
  CHECK(draws == 7);
}

TEST_CASE("the last new genotype of a space is found where draws do not come upon it") {
  const fake::Space space(4, 6);
  std::set<Genotype> seen;
  for (const Genotype& genotype : every_genotype(space)) seen.insert(genotype);
  CHECK(seen.size() == 1296);
  const Genotype last{{3, 1, 4, 1}};
  seen.erase(last);
  CHECK(unseen(space, seen, [] { return Genotype{{0, 0, 0, 0}}; }) == last);
  seen.insert(last);
  Random random(1);
  CHECK_FALSE(unseen(space, seen, random));
}

TEST_CASE("a large space is not enumerated") {
  const fake::Space space(20, 4);
  CHECK_FALSE(unseen(space, {Genotype{{0}}}, [] { return Genotype{{0}}; }));
  CHECK_THROWS_AS(every_genotype(space), Error);
}
