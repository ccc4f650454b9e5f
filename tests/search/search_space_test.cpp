#include "core/search/search_space.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "core/base/error.hpp"
#include "tests/search/fakes.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

constexpr std::uint64_t seed = 5;
constexpr int draws = 2000;

fake::Space deep() { return fake::Space(4, 3, true); }

/// Without a closed form of its size.
class Unknown : public fake::Space {
 public:
  using fake::Space::Space;
  std::optional<BigInteger> size() const override { return std::nullopt; }
  std::optional<BigInteger> completions(const Genotype&, std::size_t) const override {
    return std::nullopt;
  }
};

/// The order of its two answers does not matter.
class Symmetric : public fake::Space {
 public:
  Symmetric() : fake::Space(2, 3) {}
  Genotype canonical(const Genotype& genotype) const override {
    Genotype sorted = fake::Space::canonical(genotype);
    std::ranges::sort(sorted.answers);
    return sorted;
  }
};

std::vector<Genotype> enumerated(const SearchSpace& space) {
  std::vector<Genotype> all;
  space.enumerate([&](const Genotype& genotype) {
    all.push_back(genotype);
    return true;
  });
  return all;
}

bool is_valid(const SearchSpace& space, const Genotype& genotype) {
  space.validate(genotype);
  return space.canonical(genotype) == genotype;
}

}  // namespace

TEST_CASE("a valid genotype is its own canonical form") {
  const fake::Space space = deep();
  CHECK_NOTHROW(space.validate({{1, 2, 0, 0}}));
  CHECK(space.canonical({{1, 2, 0, 0}}) == Genotype{{1, 2, 0, 0}});
}

TEST_CASE("answers about what does not exist become the first") {
  CHECK(deep().canonical({{1, 2, 1, 2}}) == Genotype{{1, 2, 0, 0}});
}

TEST_CASE("an invalid genotype is refused with the decision's name") {
  const fake::Space space = deep();
  CHECK_THROWS_WITH(space.validate({{1, 2}}), Contains("has 2 answers") && Contains("4 decisions"));
  CHECK_THROWS_WITH(space.validate({{1, 3, 0, 0}}), Contains("'3'") && Contains("'width1'"));
  CHECK_THROWS_WITH(space.validate({{1, -1, 0, 0}}), Contains("'-1'"));
  CHECK_THROWS_WITH(space.validate({{1, 2, 1, 0}}),
                    Contains("'width2'") && Contains("not open") && Contains("[1,2,1,0]"));
  CHECK_THROWS_WITH(space.canonical({{1, 2}}), Contains("has 2 answers"));
  CHECK_THROWS_WITH(space.canonical({{1, 3, 0, 0}}), Contains("'width1'"));
}

TEST_CASE("samples are valid and reach every option of the first decision alike") {
  const fake::Space space = deep();
  Random random(seed);
  std::map<int, int> depths;
  for (int i = 0; i < draws; ++i) {
    const Genotype genotype = space.sample(random);
    REQUIRE(is_valid(space, genotype));
    ++depths[genotype.answers[0]];
  }
  CHECK(depths.size() == 4);
  // Five standard deviations of a binomial count with p = 1/4.
  constexpr double tolerance = 97;
  for (const auto& [depth, count] : depths) CHECK(std::abs(count - draws / 4.0) < tolerance);
}

TEST_CASE("mutating one decision changes it, and the parent stays as it is") {
  const fake::Space space = deep();
  Random random(seed);
  for (int i = 0; i < draws; ++i) {
    const Genotype parent = space.sample(random);
    const Genotype before = parent;
    const Genotype child = space.mutate_one(parent, random);
    REQUIRE(parent == before);
    REQUIRE(is_valid(space, child));
    REQUIRE(child != parent);
    if (child.answers[0] == parent.answers[0]) REQUIRE(space.distance(child, parent) == 1);
  }
}

TEST_CASE("a mutation to a greater depth draws the layers that it adds") {
  const fake::Space space = deep();
  Random random(seed);
  const Genotype shallow{{0, 0, 0, 0}};
  std::set<Genotype> deepest;
  for (int i = 0; i < draws; ++i) {
    const Genotype child = space.mutate_one(shallow, random);
    if (child.answers[0] == 3) deepest.insert(child);
  }
  CHECK(deepest.size() == 27);
}

TEST_CASE("crossover takes a layer from the parent that has it") {
  const fake::Space space = deep();
  Random random(seed);
  for (int i = 0; i < draws; ++i) {
    const Genotype child = space.crossover({{0, 0, 0, 0}}, {{3, 2, 2, 2}}, random);
    REQUIRE((child == Genotype{{0, 0, 0, 0}} || child == Genotype{{3, 2, 2, 2}}));
  }
}

TEST_CASE("a space without a choice mutates to itself") {
  const fake::Space space(2, 1);
  Random random(seed);
  CHECK(space.mutate_one({{0, 0}}, random) == Genotype{{0, 0}});
}

TEST_CASE("mutating each decision redraws it with the given probability") {
  const fake::Space space(10, 4);
  Random random(seed);
  const Genotype parent{std::vector<int>(10, 0)};
  CHECK(space.mutate_each(parent, 0, random) == parent);
  int changed = 0;
  for (int i = 0; i < draws; ++i) {
    changed += space.distance(space.mutate_each(parent, 0.4, random), parent);
  }
  // A redraw gives another answer in 3 of 4 cases: 0.3 of 20,000; five standard deviations.
  constexpr double tolerance = 324;
  CHECK(std::abs(changed - 0.3 * 10 * draws) < tolerance);
}

TEST_CASE("mutating each decision gives valid genotypes") {
  const fake::Space space = deep();
  Random random(seed);
  for (int i = 0; i < draws; ++i) {
    REQUIRE(is_valid(space, space.mutate_each(space.sample(random), 0.5, random)));
  }
}

TEST_CASE("crossover takes each answer from one of the parents") {
  const fake::Space space(6, 4);
  Random random(seed);
  for (int i = 0; i < draws; ++i) {
    const Genotype a = space.sample(random), b = space.sample(random);
    const Genotype child = space.crossover(a, b, random);
    for (std::size_t d = 0; d < 6; ++d) {
      REQUIRE((child.answers[d] == a.answers[d] || child.answers[d] == b.answers[d]));
    }
  }
}

TEST_CASE("crossover gives valid genotypes where depth is a decision") {
  const fake::Space space = deep();
  Random random(seed);
  for (int i = 0; i < draws; ++i) {
    REQUIRE(is_valid(space, space.crossover(space.sample(random), space.sample(random), random)));
  }
}

TEST_CASE("distance counts the decisions that differ") {
  CHECK(deep().distance({{1, 2, 0, 0}}, {{1, 1, 0, 0}}) == 1);
  CHECK(deep().distance({{1, 2, 0, 0}}, {{3, 1, 0, 2}}) == 3);
}

TEST_CASE("enumeration counts every valid genotype once") {
  CHECK(count_by_enumeration(fake::Space(3, 4)) == 64);
  CHECK(count_by_enumeration(deep()) == 1 + 3 + 9 + 27);
}

TEST_CASE("enumeration gives up beyond its bound") {
  CHECK_THROWS_WITH(count_by_enumeration(fake::Space(3, 4), 63), Contains("more than 63"));
  CHECK(count_by_enumeration(fake::Space(3, 4), 64) == 64);
}

TEST_CASE("a uniform sample is as likely to be any architecture") {
  const fake::Space space = deep();
  Random random(seed);
  std::map<Genotype, int> drawn;
  constexpr int per_genotype = 400;
  for (int i = 0; i < 40 * per_genotype; ++i) {
    const Genotype genotype = space.sample_uniform(random);
    REQUIRE(is_valid(space, genotype));
    ++drawn[genotype];
  }
  CHECK(drawn.size() == 40);
  // Five standard deviations of a binomial count with p = 1/40.
  constexpr double tolerance = 99;
  for (const auto& [genotype, count] : drawn) CHECK(std::abs(count - per_genotype) < tolerance);
}

TEST_CASE("of symmetric encodings a uniform sample draws one, and no class more than others") {
  const Symmetric space;
  Random random(seed);
  std::map<Genotype, int> drawn;
  for (int i = 0; i < 6000; ++i) ++drawn[space.sample_uniform(random)];
  CHECK(drawn.size() == 6);
  // Five standard deviations of a binomial count with p = 1/6.
  for (const auto& [genotype, count] : drawn) CHECK(std::abs(count - 1000) < 145);
}

TEST_CASE("where no closed form is known, a uniform sample is a plain one") {
  const Unknown space(4, 3, true);
  Random a(seed), b(seed);
  CHECK(space.sample_uniform(a) == space.sample(b));
}

TEST_CASE("neighbours are what one changed answer leads to, each once, in order") {
  CHECK(deep().neighbours({{1, 2, 0, 0}}) ==
        std::vector<Genotype>{
            {{0, 0, 0, 0}}, {{1, 0, 0, 0}}, {{1, 1, 0, 0}}, {{2, 2, 0, 0}}, {{3, 2, 0, 0}}});
  CHECK(Symmetric().neighbours({{0, 1}}) ==
        std::vector<Genotype>{{{0, 0}}, {{0, 2}}, {{1, 1}}, {{1, 2}}});
}

TEST_CASE("enumeration gives canonical genotypes in ascending order, until it is told to stop") {
  const auto all = enumerated(deep());
  CHECK(all.size() == 1 + 3 + 9 + 27);
  CHECK(std::ranges::is_sorted(all));
  CHECK(enumerated(Symmetric()).size() == 6);
  int visited = 0;
  deep().enumerate([&](const Genotype&) { return ++visited < 5; });
  CHECK(visited == 5);
}

TEST_CASE("a size beyond 64 bits is exact") {
  class Huge : public fake::Space {
   public:
    std::optional<BigInteger> size() const override {
      return BigInteger{boost::multiprecision::pow(boost::multiprecision::cpp_int(10), 30)};
    }
  };
  CHECK(size_digits(Huge()) == fmt::format("1{:0>30}", ""));
  CHECK(size_digits(fake::Space(3, 4)) == "64");
  CHECK(size_digits(Unknown()) == "unknown");
}
