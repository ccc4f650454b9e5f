// What one run of a comparison reached.

#include "results/run_figures.hpp"

#include <limits>

#include <catch2/catch.hpp>

#include "tests/results/courses.hpp"

namespace nas {
namespace {

using Catch::Matchers::Contains;
using Source = ComparedMetric::Source;

const ComparedMetric best_accuracy{"val_accuracy", true, Source::best_trial};

RunCourse course(const std::vector<double>& values) {
  return course_of_values(course_config("random", 1), values);
}

// By hand: the best so far is 0.2, 0.2, 0.6, 0.6.
TEST_CASE("an area is the mean of the best so far, over trials or time") {
  const RunCourse run = course({0.2, 0.1, 0.6, 0.3});
  const auto over = [&](std::int64_t trials) {
    return *figures_of(run, {.metric = best_accuracy, .area_trials = trials}).area;
  };
  CHECK(over(4) == Approx(0.4));
  CHECK(over(3) == Approx(1.0 / 3));
  CHECK(over(2) == Approx(0.2));
  CHECK(over(8) == Approx(0.5));  // the last one stays the best
  // Trials of 10 s: 0.2 from the start until 30 s, as none was known before, then 0.6.
  CHECK(*figures_of(run, {.metric = best_accuracy, .area_time = 60}).area == Approx(0.4));
  CHECK_FALSE(figures_of(run, {.metric = best_accuracy}).area);
}

TEST_CASE("before the first success the first best value counts") {
  std::vector<Trial> trials = {course_trial(0, {}), course_trial(1, {{"val_accuracy", 0.5}}),
                               course_trial(2, {{"val_accuracy", 0.8}})};
  trials[0].status = TrialStatus::failed;
  const RunCourse run = course_of(course_config("random", 1), trials);
  CHECK(*figures_of(run, {.metric = best_accuracy, .area_trials = 3}).area == Approx(0.6));
}

TEST_CASE("a target is reached by the first trial that is as good") {
  const RunCourse run = course({0.2, 0.1, 0.6, 0.7});
  const auto reached = figures_of(run, {.metric = best_accuracy, .target = 0.6}).reached;
  REQUIRE(reached);
  CHECK(reached->trials == 3);
  CHECK(reached->time == 30);
  CHECK_FALSE(figures_of(run, {.metric = best_accuracy, .target = 0.71}).reached);
  RunConfig config = course_config("random", 1);
  config.objectives[0].maximise = false;
  const RunCourse small = course_of_values(config, {5, 3, 4, 1});
  const ComparedMetric loss{"val_accuracy", false, Source::best_trial};
  CHECK(figures_of(small, {.metric = loss, .target = 3}).reached->trials == 2);
}

TEST_CASE("a regret is the way to the optimum, in the direction of the metric") {
  const RunCourse run = course({0.2, 0.6});
  CHECK(*figures_of(run, {.metric = best_accuracy, .optimum = 0.9}).regret == Approx(0.3));
  const ComparedMetric least{"val_accuracy", false, Source::best_trial};
  CHECK(*figures_of(run, {.metric = least, .optimum = 0.5}).regret == Approx(0.1));
  CHECK_FALSE(figures_of(run, {.metric = best_accuracy}).regret);
}

TEST_CASE("a landscape that reports the regret is believed, unless an optimum is given") {
  const RunCourse run =
      course_of(course_config("random", 1),
                std::vector<Trial>{course_trial(0, {{"val_accuracy", 0.5}, {"regret", 0.25}}),
                                   course_trial(1, {{"val_accuracy", 0.4}, {"regret", 0.1}})});
  CHECK(*figures_of(run, {.metric = best_accuracy}).regret == 0.25);
  CHECK(*figures_of(run, {.metric = best_accuracy, .optimum = 0.6}).regret == Approx(0.1));
}

// By hand: 0.4 x 4 and 0.2 x 2 more above the reference (0.1, 8).
TEST_CASE("a hypervolume is measured in the directions of the objectives") {
  RunConfig config = course_config("random", 1);
  config.objectives.push_back({.metric = "macs", .maximise = false});
  const RunCourse run =
      course_of(config, std::vector<Trial>{course_trial(0, {{"val_accuracy", 0.5}, {"macs", 4}}),
                                           course_trial(1, {{"val_accuracy", 0.3}, {"macs", 2}})});
  const RunFigures figures = figures_of(run, {.metric = best_accuracy, .reference = {0.1, 8}});
  CHECK(*figures.hypervolume == Approx(2.0));
  const ComparedMetric volume = compared_metric(std::vector{run}, "hypervolume");
  CHECK(volume.source == Source::hypervolume);
  CHECK(figures_of(run, {.metric = volume, .reference = {0.1, 8}}).value == Approx(2.0));
}

TEST_CASE("a metric is the best trial's, else the final training's") {
  RunCourse run = course_of(
      course_config("random", 1),
      std::vector<Trial>{course_trial(0, {{"val_accuracy", 0.5}, {"test", 0.4}, {"macs", 3}}),
                         course_trial(1, {{"val_accuracy", 0.6}, {"test", 0.3}, {"macs", 4}})});
  run.final = FinalSummary{.trial = 0,
                           .repeats = 1,
                           .mean = {{"test_accuracy", 0.7}, {"val_accuracy", 0.65}},
                           .deviation = {}};
  const std::vector<RunCourse> runs = {run};
  const auto value = [&](const std::string& text) {
    return figures_of(run, {.metric = compared_metric(runs, text)}).value;
  };
  CHECK(value("") == 0.6);
  CHECK(value("test") == 0.3);  // of the trial that is best by the objective
  CHECK(value("test_accuracy") == 0.7);
  CHECK(value("final.val_accuracy") == 0.65);
  CHECK(compared_metric(runs, "test").maximise);
  CHECK_FALSE(compared_metric(runs, "macs").maximise);
  CHECK(compared_metric(runs, "macs:max").maximise);
  CHECK_THROWS_WITH(compared_metric(runs, "test_acuracy"),
                    Contains("no run has the metric 'test_acuracy'; did you mean"));
  CHECK_THROWS_WITH(compared_metric(runs, "final.test"), Contains("'final.test'"));
  CHECK_THROWS_WITH(compared_metric(runs, "hypervolume"), Contains("one objective only"));
}

TEST_CASE("a metric that is an objective goes its way") {
  RunConfig config = course_config("random", 1);
  config.objectives[0].maximise = false;
  const std::vector<RunCourse> runs = {course_of_values(config, {0.5})};
  CHECK_FALSE(compared_metric(runs, "").maximise);
  CHECK_FALSE(compared_metric(runs, "val_accuracy").maximise);
  CHECK(compared_metric(runs, "val_accuracy:max").maximise);
}

TEST_CASE("a run without a value is rejected by name") {
  const auto rejected = [](const RunCourse& run, const ComparedMetric& metric) {
    std::string message;
    try {
      figures_of(run, {.metric = metric});
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::data);
      message = error.what();
    }
    return message;
  };
  CHECK(rejected(course({}), best_accuracy) == "'random/seed-1' has no finished trial");
  CHECK(rejected(course({std::numeric_limits<double>::quiet_NaN()}), best_accuracy) ==
        "'random/seed-1' has no successful trial with a number for its objective");
  CHECK(rejected(course_of_values(course_config("random", 1), {0.5}, {.time = 1}), best_accuracy) ==
        "'random/seed-1' has no trial that ends so early");
  CHECK(rejected(course({0.5}), {"test", true, Source::best_trial}) ==
        "'random/seed-1' has no metric 'test' in its best trial");
  CHECK(rejected(course({0.5}), {"test", true, Source::final}) ==
        "'random/seed-1' has no final training");
  CHECK(rejected(course({std::numeric_limits<double>::infinity()}), best_accuracy) ==
        "'random/seed-1' has inf for 'val_accuracy' in its best trial, and no finite number");
}

}  // namespace
}  // namespace nas
