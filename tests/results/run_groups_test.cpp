// Which runs belong together, and which may not be compared.

#include "results/run_groups.hpp"

#include <catch2/catch.hpp>

#include "tests/results/courses.hpp"

namespace nas {
namespace {

using Catch::Matchers::Contains;

std::vector<std::string> labels_of(const std::vector<RunCourse>& runs) {
  std::vector<std::string> labels;
  for (const RunGroup& group : group_runs(runs).groups) labels.push_back(group.label);
  return labels;
}

RunCourse run_with(const std::string& strategy, const std::string& size, std::int64_t trials = 4) {
  RunConfig config = course_config(strategy, 1);
  config.options[strategy]["size"] = size;
  config.trials = trials;
  return course_of_values(config, {0.5});
}

TEST_CASE("runs that differ in the seed alone are a group, by seed") {
  const std::vector<RunCourse> runs = {course_of_values(course_config("random", 7), {0.1}),
                                       course_of_values(course_config("evolution", 1), {0.1}),
                                       course_of_values(course_config("random", 3), {0.1})};
  const RunGroups groups = group_runs(runs);
  REQUIRE(groups.groups.size() == 2);
  CHECK(groups.groups[0].label == "random");
  CHECK(groups.groups[0].runs == std::vector<std::size_t>{2, 0});
  CHECK(groups.groups[1].label == "evolution");
  CHECK(groups.repeated.empty());
}

TEST_CASE("a run of a seed that was there already says nothing new") {
  std::vector<RunCourse> runs = {course_of_values(course_config("random", 1), {0.1}),
                                 course_of_values(course_config("random", 1), {0.1})};
  runs[1].path = "copy";
  const RunGroups groups = group_runs(runs);
  CHECK(groups.groups[0].runs == std::vector<std::size_t>{0});
  REQUIRE(groups.repeated.size() == 1);
  CHECK_THAT(groups.repeated[0].reason,
             Contains("'copy' has the settings and the seed (1) of 'random/seed-1'"));
}

TEST_CASE("a label has the settings in which groups differ") {
  CHECK(labels_of({run_with("random", "1"), run_with("evolution", "2")}) ==
        std::vector<std::string>{"random", "evolution"});
  CHECK(labels_of(
            {run_with("evolution", "10"), run_with("evolution", "20"), run_with("random", "1")}) ==
        std::vector<std::string>{"evolution size=10", "evolution size=20", "random"});
  CHECK(labels_of({run_with("evolution", "10"), run_with("random", "1", 8)}) ==
        std::vector<std::string>{"evolution trials=4", "random trials=8"});
}

TEST_CASE("a group is found by its label, or words of it that no other has") {
  const std::vector<RunCourse> runs = {run_with("evolution", "10"), run_with("evolution", "20"),
                                       run_with("random", "1")};
  const std::vector<RunGroup> groups = group_runs(runs).groups;
  CHECK(find_group(groups, "evolution size=20") == 1);
  CHECK(find_group(groups, "size=20") == 1);
  CHECK(find_group(groups, "random") == 2);
  CHECK_THROWS_WITH(find_group(groups, "evolution"), Contains("'evolution size=10'") &&
                                                         Contains("'evolution size=20'") &&
                                                         Contains("may be any of"));
  CHECK_THROWS_WITH(find_group(groups, "tpe"),
                    Contains("there is no group 'tpe'; the groups are 'evolution size=10', "));
  CHECK_THROWS_AS(find_group(groups, ""), Error);
}

/// What is said of two runs, the second of which has been changed.
template <typename Change>
std::vector<std::string> differences_after(Change change, bool final_training = false) {
  RunConfig config = course_config("random", 2);
  nlohmann::json environment = {{"task", {{"input", "1x28x28"}, {"classes", 10}}},
                                {"data", {{"hash", "aaaaaaaaaaaaaaaa"}}}};
  std::vector<RunCourse> runs(2);
  runs[0].path = "first";
  runs[0].settings = settings_of(config, environment);
  change(config, environment);
  runs[1].path = "second";
  runs[1].settings = settings_of(config, environment);
  return incompatibilities(runs, final_training);
}

TEST_CASE("runs of other data, space, fidelity or objective cannot be compared") {
  const auto data = differences_after([](RunConfig&, nlohmann::json& environment) {
    environment["data"]["hash"] = "bbbbbbbbbbbbbbbb";
  });
  REQUIRE(data.size() == 1);
  CHECK(data[0] == "data: data is 'none (aaaaaaaa)' in 'first', 'none (bbbbbbbb)' in 'second'");
  const auto space =
      differences_after([](RunConfig& config, nlohmann::json&) { config.space = "darts"; });
  CHECK(space ==
        std::vector<std::string>{"space: space is 'darts' in 'second', 'nasbench201' in 'first'"});
  const auto fidelity = differences_after(
      [](RunConfig& config, nlohmann::json&) { config.options["synthetic"]["epochs"] = "9"; });
  CHECK(fidelity ==
        std::vector<std::string>{"fidelity: synthetic.epochs is '81' in 'first', '9' in 'second'"});
  const auto objective = differences_after([](RunConfig& config, nlohmann::json&) {
    config.objectives[0].maximise = false;
    config.limits = {{"macs", 3}};
  });
  REQUIRE(objective.size() == 2);
  CHECK(objective[0] == "objective: max is 'macs=3' in 'second', 'none' in 'first'");
  CHECK_THAT(objective[1], Contains("objective is 'val_accuracy:max' in 'first', "));
}

TEST_CASE("runs may differ in who searches, for how long, and where the data lie") {
  CHECK(
      differences_after([](RunConfig& config, nlohmann::json&) {
        config.strategy = "evolution";
        config.options = {{"evolution", {{"population", "9"}}}, {"synthetic", {{"epochs", "81"}}}};
        config.trials = 77;
        config.window = 1;
        config.data = "/a/copy/elsewhere";
      }).empty());
}

TEST_CASE("final trainings must be alike where they are compared") {
  const auto change = [](RunConfig& config, nlohmann::json&) { config.final_epochs = 3; };
  CHECK(differences_after(change).empty());
  CHECK(
      differences_after(change, /*final_training=*/true) ==
      std::vector<std::string>{"final training: final-epochs is '0' in 'first', '3' in 'second'"});
}

TEST_CASE("of many values a few are named") {
  std::vector<RunCourse> runs;
  for (int i = 0; i < 9; ++i) {
    RunConfig config = course_config("random", 1);
    config.space = "s" + std::to_string(i);
    runs.push_back(course_of_values(config, {0.5}));
  }
  const auto reasons = incompatibilities(runs, false);
  REQUIRE(reasons.size() == 1);
  CHECK_THAT(reasons[0], Contains("'s2' in 'random/seed-1' and 6 others"));
}

}  // namespace
}  // namespace nas
