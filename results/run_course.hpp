/// A run as comparisons see it: how its best trial changed in the course of the search. Much
/// smaller than its trials, so that thousands of runs fit in memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/executor.hpp"
#include "core/search/pareto.hpp"
#include "results/run_settings.hpp"
#include "results/run_summary.hpp"

namespace nas {

/// A trial that was the best when it had finished.
struct Incumbent {
  std::int64_t trial = 0;   ///< its id
  std::int64_t trials = 0;  ///< finished by then, itself included
  double time = 0;          ///< spent by then, itself included: see CourseSettings
  Metrics metrics;
};

/// How far a run is read, and by which clock.
struct CourseSettings {
  /// The metric that a trial's time is counted by, such as the simulated "cost"; empty: its seconds
  /// of wall time. Times of trials are added up in the order of ids, as if one job had done them
  /// one after the other; a trial without the metric takes none.
  std::string clock = {};
  std::optional<std::int64_t> trials = {};  ///< the first so many only
  std::optional<double> time = {};          ///< those that end within this time only
};

struct RunCourse {
  std::filesystem::path path;
  RunConfig config;
  RunSettings settings;
  std::string instruction_set;  ///< empty where it is not known
  RunStatus status = RunStatus::finished;
  std::string note;
  std::int64_t stored = 0;  ///< finished trials
  std::int64_t trials = 0;  ///< of them, those that are counted here
  std::int64_t failed = 0;  ///< of those
  double time = 0;          ///< that the counted trials took
  /// In the order of trials: the last one is the best, by `ranking_objectives`. A trial that has
  /// failed or whose first objective is no number is never the best.
  std::vector<Incumbent> incumbents;
  /// Where there are several objectives: their values for the trials that no other dominates, and
  /// the worst that any successful trial has of each.
  std::vector<Point> front;
  Point worst;
  std::optional<FinalSummary> final;
  /// False for a run of which a series has kept the best trial alone: there is one incumbent, at
  /// the end, and no time.
  bool has_course = true;
};

/// The best of the first `course.trials` of `trials`, which are in the order of ids.
void follow(RunCourse& course, std::span<const Trial> trials, const CourseSettings& settings);

/// All but what trials tell: `follow` adds that, of trials that are read after this call.
RunCourse begin_course(const RunDirectory& run);
/// Throws what RunDirectory::open does.
RunCourse read_course(const std::filesystem::path& run, const CourseSettings& settings);
/// Whether there is a 'series.json', and no run.
bool is_series(const std::filesystem::path& path);
/// The runs that 'series.json' keeps the best trials of. Throws Error(io), Error(run_directory)
/// where it is damaged or of another version.
std::vector<RunCourse> read_series_courses(const std::filesystem::path& series);

/// A run that cannot take part, and why.
struct LeftOutRun {
  std::filesystem::path path;
  std::string reason;  ///< a sentence that names the run
  ErrorKind kind = ErrorKind::run_directory;
};

struct Courses {
  std::vector<RunCourse> runs;  ///< in the order given
  std::vector<LeftOutRun> left_out;
};
/// Reads run directories and series without any. A damaged one leaves the others alone.
Courses read_courses(std::span<const std::filesystem::path> paths, const CourseSettings& settings,
                     Executor& executor);

}  // namespace nas
