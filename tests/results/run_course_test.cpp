// How the best trial of a run changes in its course.

#include <cmath>
#include <fstream>
#include <limits>

#include <catch2/catch.hpp>

#include "results/run_directory.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/results/courses.hpp"
#include "tests/results/sample_run.hpp"

namespace nas {
namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

std::vector<std::int64_t> best_trials_of(const RunCourse& course) {
  std::vector<std::int64_t> ids;
  for (const Incumbent& incumbent : course.incumbents) ids.push_back(incumbent.trial);
  return ids;
}

TEST_CASE("a course has every trial that was the best, with trials and time spent until then") {
  const RunCourse course = course_of_values(course_config("random", 1), {0.3, 0.2, 0.5, 0.5, 0.6});
  CHECK(best_trials_of(course) == std::vector<std::int64_t>{0, 2, 4});
  CHECK(course.incumbents[1].trials == 3);
  CHECK(course.incumbents[1].time == 30);
  CHECK(course.trials == 5);
  CHECK(course.time == 50);
}

TEST_CASE("the last of a course is the best trial of the run, ties included") {
  const std::vector<Objective> objectives = {{.metric = "val_accuracy", .maximise = true}};
  std::vector<Trial> trials;
  for (std::int64_t id = 0; id < 60; ++id) {
    Trial trial = course_trial(id, {{"val_accuracy", static_cast<double>(id * 7 % 5)},
                                    {"macs", static_cast<double>(id * 11 % 4)}});
    trial.genotype.answers = {static_cast<int>(id * 13 % 10)};
    if (id % 9 == 0) trial.status = TrialStatus::failed;
    trials.push_back(trial);
  }
  const RunCourse course = course_of(course_config("random", 1), trials);
  CHECK(course.incumbents.back().trial == best_trial(trials, ranking_objectives(objectives)));
  CHECK(course.failed == 7);
}

TEST_CASE("failed trials and those without a number are never the best") {
  std::vector<Trial> trials;
  for (const double value : {0.9, no_number, 0.1}) {
    trials.push_back(course_trial(std::ssize(trials), {{"val_accuracy", value}}));
  }
  trials[0].status = TrialStatus::failed;
  CHECK(best_trials_of(course_of(course_config("random", 1), trials)) ==
        std::vector<std::int64_t>{2});
  CHECK(course_of_values(course_config("random", 1), {no_number}).incumbents.empty());
}

TEST_CASE("a course ends after so many trials, or so much time by a clock") {
  const std::vector<double> values = {0.1, 0.2, 0.3, 0.4};
  const RunConfig config = course_config("random", 1);
  CHECK(course_of_values(config, values, {.trials = 2}).incumbents.back().trial == 1);
  CHECK(course_of_values(config, values, {.trials = 9}).trials == 4);
  CHECK(course_of_values(config, values, {.time = 30}).trials == 3);
  CHECK(course_of_values(config, values, {.time = 29.9}).trials == 2);
  CHECK(course_of_values(config, values, {.time = 1}).trials == 0);
  CHECK(course_of_values(config, values, {.time = 1}).stored == 4);
  std::vector<Trial> trials;
  for (const double cost : {2.0, 3.0, no_number, 4.0}) {
    trials.push_back(course_trial(std::ssize(trials), {{"val_accuracy", 0.5}, {"cost", cost}}));
  }
  const RunCourse course = course_of(config, trials, {.clock = "cost", .time = 6});
  CHECK(course.trials == 3);
  CHECK(course.time == 5);
}

TEST_CASE("with several objectives a course has the front, and the worst of each") {
  RunConfig config = course_config("random", 1);
  config.objectives.push_back({.metric = "macs", .maximise = false});
  const std::vector<Trial> trials = {course_trial(0, {{"val_accuracy", 0.5}, {"macs", 10}}),
                                     course_trial(1, {{"val_accuracy", 0.4}, {"macs", 20}}),
                                     course_trial(2, {{"val_accuracy", 0.3}, {"macs", 5}}),
                                     course_trial(3, {{"val_accuracy", 0.1}, {"macs", no_number}})};
  const RunCourse course = course_of(config, trials);
  CHECK(course.front == std::vector<Point>{{0.5, 10}, {0.3, 5}});
  CHECK(course.worst == Point{0.3, 20});
}

TEST_CASE("runs are read in the order given, and a damaged one leaves the others alone") {
  const TemporaryDirectory directory;
  RunConfig config = sample_config();
  for (const char* name : {"a", "b", "c"}) {
    ++config.window;
    RunDirectory run = RunDirectory::create(directory.path() / name, config, sample_environment());
    run.trials().append(sample_trials(0, 3));
    run.trials().set_status(RunStatus::finished);
  }
  std::ofstream(directory.path() / "b" / "trials.sqlite") << "no database";
  const std::vector<std::filesystem::path> paths = {directory.path() / "c", directory.path() / "b",
                                                    directory.path() / "a",
                                                    directory.path() / "none"};
  const Courses courses = read_courses(paths, {}, *make_serial_executor());
  REQUIRE(courses.runs.size() == 2);
  CHECK(courses.runs[0].path == paths[0]);
  CHECK(courses.runs[1].path == paths[2]);
  CHECK(courses.runs[0].trials == 3);
  CHECK(courses.runs[0].status == RunStatus::finished);
  CHECK(courses.runs[0].instruction_set == "avx2");
  CHECK(courses.runs[0].incumbents.back().trial == 0);
  REQUIRE(courses.left_out.size() == 2);
  CHECK(courses.left_out[0].path == paths[1]);
  CHECK(courses.left_out[0].kind == ErrorKind::run_directory);
  CHECK(courses.left_out[0].reason.find("b/trials.sqlite' is damaged") != std::string::npos);
  CHECK(courses.left_out[1].reason.find("there is no run directory") != std::string::npos);
}

}  // namespace
}  // namespace nas
