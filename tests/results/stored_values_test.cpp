#include "results/stored_values.hpp"

#include <bit>
#include <cfloat>
#include <limits>

#include <catch2/catch.hpp>

#include "core/base/random.hpp"

namespace nas {
namespace {

std::uint64_t bits(double value) { return std::bit_cast<std::uint64_t>(value); }

std::uint64_t bits_after_storing(double value) {
  const auto read = metrics_from_stored(stored_metrics({{"metric", value}}));
  REQUIRE(read);
  REQUIRE(read->size() == 1);
  return bits(read->at("metric"));
}

TEST_CASE("metrics keep every bit of ordinary and extreme numbers") {
  const double value = GENERATE(0.0, -0.0, 1.0, -1.0, 0.1, 1.0 / 3.0, 81234.0, DBL_MAX, -DBL_MAX,
                                DBL_MIN, DBL_TRUE_MIN, DBL_EPSILON, 9007199254740993.0, 1e22, 1e23);
  CHECK(bits_after_storing(value) == bits(value));
}

TEST_CASE("metrics keep infinities and every kind of NaN") {
  const std::uint64_t pattern =
      GENERATE(0x7ff0000000000000u, 0xfff0000000000000u, 0x7ff8000000000000u, 0xfff8000000000000u,
               0x7ff800000000abcdu, 0xffffffffffffffffu);
  CHECK(bits_after_storing(std::bit_cast<double>(pattern)) == pattern);
}

TEST_CASE("metrics keep every bit of random patterns") {
  Random random(1);
  for (int i = 0; i < 2000; ++i) {
    const std::uint64_t pattern = derive_seed(random.below(1u << 30), "pattern");
    CHECK(bits_after_storing(std::bit_cast<double>(pattern)) == pattern);
  }
}

TEST_CASE("metrics are stored as JSON that other programs read") {
  CHECK(stored_metrics({}) == "{}");
  CHECK(stored_metrics({{"a", 0.1},
                        {"b", std::numeric_limits<double>::infinity()},
                        {"c", std::bit_cast<double>(0x7ff8000000000000u)}}) ==
        R"({"a":0.1,"b":"Infinity","c":"NaN"})");
}

TEST_CASE("what are no metrics is not read as metrics") {
  const std::string text =
      GENERATE("", "{", "[]", "null", R"({"a":null})", R"({"a":true})", R"({"a":"0.1"})",
               R"({"a":"NaN:12"})", R"({"a":"NaN:zz"})", R"({"a":{}})", "{\"\xff\":1}", "{} x");
  CHECK_FALSE(metrics_from_stored(text));
}

TEST_CASE("a genotype is read back, an empty one too") {
  const Genotype genotype = GENERATE(Genotype{{0, 2, 1}}, Genotype{{}}, Genotype{{2147483647}});
  CHECK(genotype_from_stored(genotype.text()) == genotype);
}

TEST_CASE("what is no genotype is not read as one") {
  const std::string text =
      GENERATE("", "[", "{}", "[1.5]", "[\"1\"]", "[2147483648]", "[18446744073709551615]", "1");
  CHECK_FALSE(genotype_from_stored(text));
}

TEST_CASE("seeds keep all 64 bits") {
  const std::uint64_t seed = GENERATE(0u, 1u, 9223372036854775808u, 18446744073709551615u);
  CHECK(seed_from_stored(stored_seed(seed)) == seed);
}

TEST_CASE("what is no seed is not read as one") {
  const std::string text = GENERATE("", "-1", "1 ", " 1", "0x1", "18446744073709551616", "1.0");
  CHECK_FALSE(seed_from_stored(text));
}

}  // namespace
}  // namespace nas
