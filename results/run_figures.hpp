/// What one run of a comparison reached. COMPARE.md defines the figures.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "results/run_course.hpp"

namespace nas {

/// What runs are compared by.
struct ComparedMetric {
  enum class Source {
    best_trial,   ///< of the trial that is best by the objective
    final,        ///< of the final training
    hypervolume,  ///< of the front of all objectives
  };
  std::string name;  ///< without "final."
  bool maximise = true;
  Source source = Source::best_trial;
};

/// "best trial", "final training".
std::string to_string(ComparedMetric::Source source);

/// Which metric `text` ("" for the objective, "c10_test200", "macs:min", "final.val_accuracy",
/// "hypervolume") means. A name that the best trials have is theirs, else that of the final
/// trainings. Throws Error(config) where no run has it, with the nearest; Error(usage).
ComparedMetric compared_metric(std::span<const RunCourse> runs, const std::string& text);

struct FigureSettings {
  ComparedMetric metric;
  std::optional<double> target = {};
  std::optional<double> optimum = {};
  std::optional<std::int64_t> area_trials = {};  ///< to measure the area over
  std::optional<double> area_time = {};          ///< likewise; this one counts where there are both
  Point reference = {};                          ///< of the objectives; empty: no hypervolume
};

/// When a run first reached the target.
struct TargetReached {
  std::int64_t trials = 0;
  double time = 0;
};

struct RunFigures {
  std::size_t run = 0;  ///< place among the runs
  double value = 0;     ///< of the metric, a finite number
  std::optional<double> regret = {};
  std::optional<TargetReached> reached = {};
  std::optional<double> area = {};
  std::optional<double> hypervolume = {};
};

/// Throws Error(data), naming the run, where it has no value that can be compared.
RunFigures figures_of(const RunCourse& run, const FigureSettings& settings);

}  // namespace nas
