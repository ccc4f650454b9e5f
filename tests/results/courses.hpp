/// Runs made up of values, for tests of comparisons.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "results/run_course.hpp"

namespace nas {

inline RunConfig course_config(const std::string& strategy, std::uint64_t seed) {
  RunConfig config;
  config.strategy = strategy;
  config.space = "nasbench201";
  config.estimator = "synthetic";
  config.data = "none";
  config.options = {{strategy, {{"size", "1"}}}, {"synthetic", {{"epochs", "81"}}}};
  config.trials = 4;
  config.seed = seed;
  config.objectives = {{.metric = "val_accuracy", .maximise = true}};
  return config;
}

inline Trial course_trial(std::int64_t id, const Metrics& metrics) {
  Trial trial;
  trial.id = id;
  trial.genotype.answers = {static_cast<int>(id)};
  trial.metrics = metrics;
  trial.seconds = 10;
  return trial;
}

/// With the environment of a run that needs no data.
inline RunCourse course_of(const RunConfig& config, const std::vector<Trial>& trials,
                           const CourseSettings& settings = {}) {
  RunCourse course;
  course.path = config.strategy + "/seed-" + std::to_string(config.seed);
  course.config = config;
  course.settings = settings_of(config, {{"task", {{"input", "1x28x28"}, {"classes", 10}}}});
  follow(course, trials, settings);
  return course;
}

/// Trials of 10 s each with these values of the objective.
inline RunCourse course_of_values(const RunConfig& config, const std::vector<double>& values,
                                  const CourseSettings& settings = {}) {
  std::vector<Trial> trials;
  for (const double value : values) {
    trials.push_back(course_trial(std::ssize(trials), {{config.objectives.front().metric, value}}));
  }
  return course_of(config, trials, settings);
}

/// Groups "a", whose runs have these values, and so on; seeds from 0.
inline std::vector<RunCourse> courses_of(
    const std::vector<std::pair<std::string, std::vector<double>>>& groups) {
  std::vector<RunCourse> runs;
  for (const auto& [strategy, values] : groups) {
    for (std::size_t seed = 0; seed < values.size(); ++seed) {
      runs.push_back(course_of_values(course_config(strategy, seed), {values[seed]}));
    }
  }
  return runs;
}

}  // namespace nas
