// Groups of runs beside each other.

#include "results/run_comparison.hpp"

#include <cmath>

#include <catch2/catch.hpp>

#include "tests/results/courses.hpp"

namespace nas {
namespace {

using Catch::Matchers::Contains;

RunComparison compared(const std::vector<RunCourse>& runs,
                       const ComparisonSettings& settings = {}) {
  return compare_runs(runs, group_runs(runs).groups, settings);
}

const std::vector<std::pair<std::string, std::vector<double>>> three_groups = {
    {"a", {0.1, 0.2, 0.3, 0.4}}, {"b", {0.5, 0.6, 0.7, 0.8}}, {"c", {0.15, 0.25, 0.35, 0.9}}};

TEST_CASE("a group has mean, sample deviation and median") {
  const RunComparison result = compared(courses_of({{"a", {0.1, 0.2, 0.3, 0.8}}}));
  REQUIRE(result.groups.size() == 1);
  CHECK(result.groups[0].runs.size() == 4);
  CHECK(result.groups[0].mean == Approx(0.35));
  CHECK(result.groups[0].deviation == Approx(std::sqrt(0.29 / 3)));
  CHECK(result.groups[0].median == Approx(0.25));
  CHECK(*result.groups[0].area == Approx(0.35));
  CHECK(result.area_trials == 1);
  CHECK(result.pairs.empty());
}

TEST_CASE("every two groups are compared, or all with the baseline") {
  const RunComparison all = compared(courses_of(three_groups));
  REQUIRE(all.pairs.size() == 3);
  CHECK(all.pairs[0].difference == Approx(-0.4));
  CHECK(all.pairs[0].statistic == 0);
  CHECK(all.pairs[0].superiority == 0);
  CHECK(all.pairs[0].p_value == Approx(2.0 / 70));
  CHECK(all.pairs[0].corrected == Approx(3 * 2.0 / 70));
  CHECK(all.pairs[0].exact);
  const RunComparison based = compared(courses_of(three_groups), {.baseline = "b"});
  REQUIRE(based.pairs.size() == 2);
  CHECK(based.pairs[0].a == 0);
  CHECK(based.pairs[0].b == 1);
  CHECK(based.pairs[1].a == 2);
  CHECK(based.pairs[0].corrected == Approx(2 * 2.0 / 70));
  CHECK_THROWS_WITH(compared(courses_of(three_groups), {.baseline = "d"}),
                    Contains("there is no group 'd'"));
}

TEST_CASE("less is better where the metric says so") {
  std::vector<RunCourse> runs;
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    for (const char* strategy : {"a", "b"}) {
      RunConfig config = course_config(strategy, seed);
      config.objectives[0].maximise = false;
      runs.push_back(
          course_of_values(config, {(strategy[0] == 'a' ? 1.0 : 2.0) + 0.1 * double(seed)}));
    }
  }
  const RunComparison result = compared(runs, {.claims = {parse_claim("a > b @ 0.05")}});
  CHECK(result.pairs[0].difference == Approx(-1));
  CHECK(result.pairs[0].superiority == 1);
  CHECK(result.claims[0].holds);
}

TEST_CASE("an interval lies about the difference and repeats with its seed") {
  const auto interval = [](std::uint64_t seed) {
    return compared(courses_of(three_groups), {.seed = seed}).pairs[1].interval.value();
  };
  const Interval one = interval(1);
  CHECK(one.low < -0.1625);
  CHECK(one.high > -0.1625);
  CHECK(one.low == interval(1).low);
  CHECK(one.low != interval(2).low);
}

TEST_CASE("a single run has no interval, and no test tells it from another") {
  const RunComparison result = compared(courses_of({{"a", {0.1}}, {"b", {0.3}}}));
  CHECK_FALSE(result.pairs[0].interval);
  CHECK(result.pairs[0].difference == Approx(-0.2));
  CHECK(result.pairs[0].p_value == 1);
}

TEST_CASE("runs of one seed are paired, and those without a partner left out of the test") {
  std::vector<RunCourse> runs = courses_of({{"a", {0.1, 0.5, 0.9}}, {"b", {0.2, 0.7, 1.2, 5}}});
  const RunComparison result = compared(runs, {.paired = true});
  REQUIRE(result.pairs.size() == 1);
  CHECK(result.pairs[0].seeds == 3);
  CHECK(result.pairs[0].difference == Approx(-0.2));
  CHECK(result.pairs[0].statistic == 0);
  CHECK(result.pairs[0].p_value == Approx(0.25));
  CHECK(result.pairs[0].interval->low == Approx(-0.3));
  CHECK(result.pairs[0].interval->high == Approx(-0.1));
  runs.erase(runs.begin(), runs.begin() + 2);
  runs.erase(runs.begin() + 3);  // a has seed 2 alone, b has not
  CHECK_THROWS_WITH(compared(runs, {.paired = true}), Contains("they have no seed in common"));
}

TEST_CASE("an assertion holds where the one-sided test says so") {
  const auto claims = [](const std::vector<std::string>& texts) {
    ComparisonSettings settings;
    for (const std::string& text : texts) settings.claims.push_back(parse_claim(text));
    return compared(courses_of(three_groups), settings).claims;
  };
  const auto one = claims({"b > a @ 0.05"});
  CHECK(one[0].p_value == Approx(1.0 / 70));
  CHECK(one[0].corrected == one[0].p_value);
  CHECK(one[0].holds);
  CHECK_FALSE(claims({"a > b @ 0.05"})[0].holds);
  const auto alone = claims({"b > c @ 0.3"});
  CHECK(alone[0].p_value == Approx(12.0 / 70));
  CHECK(alone[0].holds);
  const auto two = claims({"b > c @ 0.3", "b > a @ 0.03"});
  CHECK(two[0].corrected == Approx(12.0 / 70));
  CHECK(two[0].holds);
  CHECK(two[1].corrected == Approx(2.0 / 70));
  CHECK(two[1].holds);
  const auto weak = claims({"b > c @ 0.3", "a > b @ 0.3"});
  CHECK(weak[0].corrected == Approx(2 * 12.0 / 70));
  CHECK_FALSE(weak[0].holds);  // alone it does
  CHECK_THROWS_WITH(claims({"b > a @ 0.01"}), Contains("it takes 5 seeds of each group"));
  CHECK_THROWS_WITH(claims({"b > b"}), Contains("compares a group with itself"));
}

TEST_CASE("a target that half of the runs miss is never reached, at the median") {
  const RunComparison result = compared(
      courses_of({{"a", {0.1, 0.2, 0.9, 0.9}}, {"b", {0.1, 0.9, 0.9, 0.9}}}), {.target = 0.5});
  CHECK(result.groups[0].reached == 2);
  CHECK(std::isinf(result.groups[0].trials_to_target));
  CHECK(result.groups[1].reached == 3);
  CHECK(result.groups[1].trials_to_target == 1);
  CHECK(result.groups[1].time_to_target == 10);
}

TEST_CASE("runs without a value are left out by name, and the others compared") {
  std::vector<RunCourse> runs = courses_of({{"a", {0.1, 0.2}}, {"b", {0.3, 0.4}}});
  runs[0] = course_of_values(course_config("a", 0), {});
  const RunComparison result = compared(runs);
  CHECK(result.groups[0].runs.size() == 1);
  REQUIRE(result.left_out.size() == 1);
  CHECK(result.left_out[0].path == "a/seed-0");
  runs[1] = course_of_values(course_config("a", 1), {});
  CHECK(compared(runs).groups.size() == 1);
  CHECK_THROWS_WITH(compared(runs, {.baseline = "a"}),
                    Contains("no run of the group 'a' can be compared; the first: 'a/seed-0' has"));
  runs.resize(2);
  CHECK_THROWS_WITH(compared(runs),
                    "no run is left to compare; the first: 'a/seed-0' has no finished trial");
}

TEST_CASE("hypervolumes of all runs have one reference, the worst value of all") {
  std::vector<RunCourse> runs;
  for (std::uint64_t seed = 0; seed < 2; ++seed) {
    RunConfig config = course_config("a", seed);
    config.objectives.push_back({.metric = "macs", .maximise = false});
    const double shift = static_cast<double>(seed);
    runs.push_back(course_of(
        config, std::vector<Trial>{
                    course_trial(0, {{"val_accuracy", 0.5 + 0.1 * shift}, {"macs", 4 + shift}}),
                    course_trial(1, {{"val_accuracy", 0.2}, {"macs", 9}})}));
  }
  const RunComparison result = compared(runs);
  CHECK(result.reference == Point{0.2, 9});
  CHECK(*result.groups[0].hypervolume == Approx((0.3 * 5 + 0.4 * 4) / 2));
  const RunComparison given = compared(runs, {.reference = {{"macs", 5}}});
  CHECK(given.reference == Point{0.2, 5});
  CHECK(*given.groups[0].hypervolume == Approx(0.3 / 2));
  CHECK_THROWS_WITH(compared(runs, {.reference = {{"mac", 5}}}),
                    Contains("the reference names 'mac', which is no objective of the runs; did "
                             "you mean 'macs'?"));
}

}  // namespace
}  // namespace nas
