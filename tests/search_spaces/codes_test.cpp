#include "search_spaces/codes.hpp"

#include <cmath>
#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "core/base/error.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/search_spaces/make_space.hpp"

using namespace nas;
using namespace nas::test;
using Catch::Matchers::Contains;

namespace {

class Codes {
 public:
  explicit Codes(const std::string& content, std::map<std::string, std::string> options = {}) {
    options.try_emplace("file", directory_.write("t.csv", content).string());
    space_ = make_space("codes", options);
  }
  const SearchSpace& operator*() const { return *space_; }
  const SearchSpace* operator->() const { return space_.get(); }

 private:
  TemporaryDirectory directory_;
  std::unique_ptr<SearchSpace> space_;
};

/// All pairs of two ops, but one.
const std::string gap = "code,val\n00,1\n01,2\n10,3\n";

}  // namespace

TEST_CASE("every place of a code is a decision over the tokens seen there") {
  const Codes digits("code\n20\n05\n21\n");
  REQUIRE(digits->decisions().size() == 2);
  CHECK(digits->decisions()[0].options == std::vector<std::string>{"0", "2"});
  CHECK(digits->decisions()[1].options == std::vector<std::string>{"0", "1", "5"});
  CHECK(digits->text({{1, 0}}) == "20");
  CHECK(digits->parse_code("05") == Genotype{{0, 2}});
}

TEST_CASE("tokens may be longer than a character, numbers in their order") {
  const Codes codes("id,arch\n1,16:conv:3\n2,8:skip:10\n", {{"key", "arch"}, {"separator", ":"}});
  REQUIRE(codes->decisions().size() == 3);
  CHECK(codes->decisions()[0].options == std::vector<std::string>{"8", "16"});
  CHECK(codes->decisions()[2].options == std::vector<std::string>{"3", "10"});
  CHECK(codes->text({{1, 0, 0}}) == "16:conv:3");
  CHECK(codes->parse_code("16:conv:3") == Genotype{{1, 0, 0}});
}

TEST_CASE("only codes that have a row are genotypes") {
  const Codes codes(gap);
  CHECK(size_digits(*codes) == "3");
  CHECK_NOTHROW(codes->validate({{1, 0}}));
  CHECK_THROWS_AS(codes->validate({{1, 1}}), Error);
  CHECK_FALSE(codes->parse_code("11").has_value());
  CHECK_FALSE(codes->parse_code("0").has_value());
  CHECK_FALSE(codes->parse_code("07").has_value());
  CHECK(count_enumerated(*codes) == 3);
  CHECK(count_by_enumeration(*codes) == 3);
}

TEST_CASE("a code that has several rows is one genotype") {
  const Codes codes("code\n00\n01\n00\n");
  CHECK(size_digits(*codes) == "2");
}

TEST_CASE("codes are drawn uniformly over the rows") {
  const Codes codes(gap);
  Random random(4);
  std::map<Genotype, int> drawn, drawn_uniformly;
  constexpr int draws = 3000;
  for (int i = 0; i < draws; ++i) {
    ++drawn[codes->sample(random)];
    ++drawn_uniformly[codes->sample_uniform(random)];
  }
  // Five standard deviations of a binomial distribution.
  const double margin = 5 * std::sqrt(draws * (1.0 / 3) * (2.0 / 3));
  CHECK(drawn.size() == 3);
  for (const auto& counts : {drawn, drawn_uniformly}) {
    for (const auto& [genotype, count] : counts) {
      CHECK(count == Approx(draws / 3.0).margin(margin));
    }
  }
}

TEST_CASE("whatever a strategy does with codes ends at one that has a row") {
  const Codes codes("code\n0000\n0120\n1201\n2210\n1111\n2012\n0012\n");
  Random random(5);
  std::set<Genotype> reached;
  Genotype genotype = codes->sample(random);
  for (int i = 0; i < 500; ++i) {
    const Genotype other = codes->sample(random);
    for (const Genotype& child :
         {codes->mutate_one(genotype, random), codes->mutate_each(genotype, 0.5, random),
          codes->crossover(genotype, other, random), codes->canonical(genotype)}) {
      CHECK_NOTHROW(codes->validate(child));
      reached.insert(child);
    }
    for (const Genotype& neighbour : codes->neighbours(genotype)) {
      CHECK_NOTHROW(codes->validate(neighbour));
    }
    genotype = codes->mutate_one(genotype, random);
  }
  CHECK(reached.size() == 7);
}

TEST_CASE("where all combinations have a row every option is always open") {
  const Codes codes("code\n00\n01\n10\n11\n");
  CHECK(codes->neighbours({{0, 0}}) == std::vector<Genotype>{{{0, 1}}, {{1, 0}}});
  CHECK(codes->allowed({{1, 0}}, 1) == std::vector<bool>{true, true});
}

TEST_CASE("a space of codes has no architectures") {
  const Codes codes(gap);
  CHECK_FALSE(codes->has_architectures());
  CHECK_THROWS_WITH(codes->build({{0, 1}}), Contains("01 is a code in ") && Contains("t.csv"));
}

TEST_CASE("what is wrong with a column of codes is said with the line") {
  CHECK_THROWS_WITH(Codes("code\n00\n011\n"),
                    Contains("line 3: the code '011' has 3 tokens, and '00' on line 2 has 2"));
  CHECK_THROWS_WITH(Codes("a,code\n1,00\n2,\n", {{"key", "code"}}),
                    Contains("line 3: the code is empty"));
  CHECK_THROWS_WITH(Codes(gap, {{"key", "kode"}}), Contains("codes.key: "));
  CHECK_THROWS_WITH(Codes(gap, {{"file", ""}}), Contains("--space table:FILE"));
}
