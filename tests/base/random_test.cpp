#include "core/base/random.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <set>
#include <vector>

#include <catch2/catch.hpp>

namespace nas {
namespace {

TEST_CASE("a derived seed depends on each of its arguments") {
  std::set<std::uint64_t> seeds;
  for (const std::uint64_t seed : {0u, 1u, 2u}) {
    for (const char* purpose : {"", "weights", "augmentation"}) {
      for (const std::uint64_t index : {0u, 1u, 2u}) {
        seeds.insert(derive_seed(seed, purpose, index));
      }
    }
  }
  CHECK(seeds.size() == 27);
  CHECK(derive_seed(1, "weights", 2) == derive_seed(1, "weights", 2));
}

TEST_CASE("equal seeds give equal streams") {
  Random a(7), b(7), c(8);
  const std::uint64_t first = a.below(1u << 30);
  CHECK(first == b.below(1u << 30));
  CHECK(first != c.below(1u << 30));
  CHECK(a.normal() == b.normal());
  CHECK(a.uniform() == b.uniform());
}

TEST_CASE("numbers below a bound are all about equally frequent") {
  Random random(1);
  std::array<int, 7> counts{};
  constexpr int draws = 7000;
  for (int i = 0; i < draws; ++i) ++counts[random.below(counts.size())];
  // Expected 1000 each, standard deviation 29; the seed is fixed.
  constexpr int tolerance = 120;
  for (const int count : counts) CHECK(std::abs(count - 1000) < tolerance);
}

TEST_CASE("uniform numbers stay within their bounds") {
  Random random(2);
  for (int i = 0; i < 1000; ++i) {
    const double value = random.uniform(-2, 3);
    CHECK((value >= -2 && value < 3));
  }
}

TEST_CASE("chances of nothing and of certainty are exact") {
  Random random(3);
  for (int i = 0; i < 100; ++i) {
    CHECK_FALSE(random.chance(0));
    CHECK(random.chance(1));
  }
}

TEST_CASE("a shuffle keeps every value and finds every order") {
  Random random(4);
  std::set<std::vector<int>> orders;
  for (int i = 0; i < 200; ++i) {
    std::vector<int> values{1, 2, 3};
    random.shuffle(std::span(values));
    orders.insert(values);
    std::ranges::sort(values);
    CHECK(values == std::vector<int>{1, 2, 3});
  }
  CHECK(orders.size() == 6);
}

}  // namespace
}  // namespace nas
