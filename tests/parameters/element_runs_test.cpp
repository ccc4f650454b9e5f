#include "core/parameters/element_runs.hpp"

#include <set>

#include <catch2/catch.hpp>

#include "core/base/random.hpp"

using namespace nas;

namespace {

std::set<std::size_t> elements(const ElementRuns& runs) {
  std::set<std::size_t> result;
  for (const ElementRun& run : runs) {
    for (std::size_t i = 0; i < run.count; ++i) result.insert(run.begin + i);
  }
  return result;
}

/// Sorted, disjoint, not adjacent, none empty.
bool is_well_formed(const ElementRuns& runs) {
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (runs[i].count == 0) return false;
    if (i > 0 && runs[i - 1].begin + runs[i - 1].count >= runs[i].begin) return false;
  }
  return true;
}

ElementRuns random_runs(Random& random) {
  ElementRuns runs;
  std::size_t at = random.below(4);
  for (std::uint64_t i = random.below(5); i > 0; --i) {
    runs.push_back({at, 1 + random.below(4)});
    at += runs.back().count + 1 + random.below(3);
  }
  return runs;
}

}  // namespace

TEST_CASE("a whole tensor is one run, and so are its first channels") {
  CHECK(runs_of({{0, 0, 0}, {4, 3, 5}}, {4, 3, 5}) == ElementRuns{{0, 60}});
  CHECK(runs_of({{0, 0, 0}, {2, 3, 5}}, {4, 3, 5}) == ElementRuns{{0, 30}});
  CHECK(runs_of({{1, 0, 0}, {2, 3, 5}}, {4, 3, 5}) == ElementRuns{{15, 30}});
  CHECK(runs_of({{3}, {2}}, {7}) == ElementRuns{{3, 2}});
}

TEST_CASE("the centre of a kernel is a run for each of its rows") {
  CHECK(runs_of({{0, 0, 1, 1}, {2, 1, 3, 3}}, {4, 1, 5, 5}) ==
        ElementRuns{{6, 3}, {11, 3}, {16, 3}, {31, 3}, {36, 3}, {41, 3}});
}

TEST_CASE("the first input channels are a run for each output channel") {
  CHECK(runs_of({{0, 0, 0, 0}, {3, 2, 1, 1}}, {3, 4, 1, 1}) == ElementRuns{{0, 2}, {4, 2}, {8, 2}});
}

TEST_CASE("unions and differences are those of the sets of elements") {
  Random random(1);
  for (int i = 0; i < 2000; ++i) {
    const ElementRuns a = random_runs(random), b = random_runs(random);
    const ElementRuns both = united(a, b), rest = without(a, b);
    std::set<std::size_t> expected = elements(a);
    for (const std::size_t element : elements(b)) expected.insert(element);
    REQUIRE(elements(both) == expected);
    REQUIRE(is_well_formed(both));
    expected = elements(a);
    for (const std::size_t element : elements(b)) expected.erase(element);
    REQUIRE(elements(rest) == expected);
    REQUIRE(is_well_formed(rest));
  }
}

TEST_CASE("elements are counted and found along the runs") {
  const ElementRuns runs = {{3, 2}, {8, 1}, {10, 3}};
  CHECK(element_count(runs) == 6);
  CHECK(element_at(runs, 0) == 3);
  CHECK(element_at(runs, 2) == 8);
  CHECK(element_at(runs, 5) == 12);
}
