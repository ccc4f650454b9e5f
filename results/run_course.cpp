#include "results/run_course.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/json_error.hpp"
#include "results/run_directory.hpp"

namespace nas {
namespace fs = std::filesystem;

namespace {

double time_of(const Trial& trial, const std::string& clock) {
  if (clock.empty()) return trial.seconds;
  const auto spent = trial.metrics.find(clock);
  return spent == trial.metrics.end() || std::isnan(spent->second) ? 0 : spent->second;
}

/// How many of the trials count.
std::size_t counted_trials(std::span<const Trial> trials, const CourseSettings& settings) {
  std::size_t count = trials.size();
  if (settings.trials) count = std::min(count, static_cast<std::size_t>(*settings.trials));
  if (!settings.time) return count;
  double time = 0;
  for (std::size_t i = 0; i < count; ++i) {
    time += time_of(trials[i], settings.clock);
    if (time > *settings.time) return i;
  }
  return count;
}

bool has_all(const Trial& trial, std::span<const Objective> objectives) {
  return trial.succeeded() && std::ranges::all_of(objectives, [&](const Objective& objective) {
           const auto value = trial.metrics.find(objective.metric);
           return value != trial.metrics.end() && !std::isnan(value->second);
         });
}

Point point_of(const Trial& trial, std::span<const Objective> objectives) {
  Point point;
  for (const Objective& objective : objectives) {
    point.push_back(trial.metrics.find(objective.metric)->second);
  }
  return point;
}

void find_front(RunCourse& course, std::span<const Trial> trials) {
  const std::vector<Objective>& objectives = course.config.objectives;
  if (objectives.size() < 2) return;
  for (const Trial& trial : trials) {
    if (!has_all(trial, objectives)) continue;
    const Point point = point_of(trial, objectives);
    if (course.worst.empty()) course.worst = point;
    for (std::size_t i = 0; i < point.size(); ++i) {
      course.worst[i] = objectives[i].maximise ? std::min(course.worst[i], point[i])
                                               : std::max(course.worst[i], point[i]);
    }
  }
  for (const std::int64_t id : pareto_front(trials, objectives)) {
    course.front.push_back(
        point_of(*std::ranges::lower_bound(trials, id, {}, &Trial::id), objectives));
  }
}

/// Empty where it is not recorded: environments are for information.
std::string instruction_set_of(const nlohmann::json& environment) {
  const auto found = environment.find("instruction_set");
  return found != environment.end() && found->is_string() ? found->get<std::string>() : "";
}

void check_objective(const RunConfig& config, const std::string& source) {
  if (!config.objectives.empty()) return;
  throw Error(ErrorKind::run_directory,
              fmt::format("'{}' is damaged: it names no objective", source));
}

nlohmann::json series_description(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw Error(ErrorKind::io, fmt::format("cannot read '{}'", file.string()));
  nlohmann::json json = nlohmann::json::parse(stream, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || json.value("schema", nlohmann::json()) != "nas.series") {
    throw Error(ErrorKind::run_directory,
                fmt::format("'{}' is damaged: it describes no series", file.string()));
  }
  constexpr int version = 1;
  if (json.value("version", nlohmann::json()) != version) {
    throw Error(ErrorKind::run_directory,
                fmt::format("'{}' has format version '{}', and nas {} reads version {}; use the "
                            "version of nas that wrote it",
                            file.string(), json.value("version", nlohmann::json()).dump(),
                            NAS_VERSION, version));
  }
  return json;
}

/// What a run has of a series' 'runs'.
void read_series_run(RunCourse& course, const nlohmann::json& run) {
  course.config.seed = run.at("seed").get<std::uint64_t>();
  course.stored = course.trials = run.at("trials").get<std::int64_t>();
  course.failed = run.at("failed").get<std::int64_t>();
  const nlohmann::json& best = run.at("best");
  if (best.is_null()) return;
  Incumbent incumbent;
  incumbent.trial = best.at("trial").get<std::int64_t>();
  incumbent.trials = course.trials;
  for (const auto& [name, value] : best.at("metrics").items()) {
    incumbent.metrics[name] =
        value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
  }
  course.incumbents.push_back(std::move(incumbent));
}

}  // namespace

void follow(RunCourse& course, std::span<const Trial> trials, const CourseSettings& settings) {
  const std::span<const Trial> counted = trials.first(counted_trials(trials, settings));
  const std::vector<Objective> ranking = ranking_objectives(course.config.objectives);
  course.stored = std::ssize(trials);
  const Trial* best = nullptr;
  for (const Trial& trial : counted) {
    ++course.trials;
    course.time += time_of(trial, settings.clock);
    if (!trial.succeeded()) ++course.failed;
    const bool better = best == nullptr ? has_all(trial, std::span(ranking).first(1))
                                        : ranks_before(trial, *best, ranking);
    if (!better) continue;
    best = &trial;
    course.incumbents.push_back({trial.id, course.trials, course.time, trial.metrics});
  }
  find_front(course, counted);
}

RunCourse begin_course(const RunDirectory& run) {
  RunCourse course;
  course.path = run.path();
  course.config = run.config();
  check_objective(course.config, (run.path() / "run.json").string());
  course.settings = settings_of(run.config(), run.environment());
  course.instruction_set = instruction_set_of(run.environment());
  const bool in_use = run.in_use();  // first: see summarise
  course.status = run.trials().status();
  course.note = run.trials().note();
  if (course.status == RunStatus::running && !in_use) course.status = RunStatus::interrupted;
  course.final = summarise_finals(run.trials().finals());
  return course;
}

RunCourse read_course(const fs::path& path, const CourseSettings& settings) {
  const RunDirectory run = RunDirectory::open(path, RunDirectory::Access::read);
  RunCourse course = begin_course(run);
  follow(course, run.trials().load_outcomes(), settings);
  return course;
}

bool is_series(const fs::path& path) {
  std::error_code unreadable;
  return !RunDirectory::is_run(path) && fs::is_regular_file(path / "series.json", unreadable);
}

std::vector<RunCourse> read_series_courses(const fs::path& series) {
  const fs::path file = series / "series.json";
  const nlohmann::json json = series_description(file);
  try {
    nlohmann::json config = json.at("config");
    config["seed"] = 0;
    RunCourse common;
    common.config = run_config_from_json(config, file.string());
    check_objective(common.config, file.string());
    common.settings = settings_of(common.config, json.at("environment"));
    common.instruction_set = instruction_set_of(json.at("environment"));
    common.has_course = false;
    std::vector<RunCourse> courses;
    for (const nlohmann::json& run : json.at("runs")) {
      courses.push_back(common);
      read_series_run(courses.back(), run);
      courses.back().path = series / fmt::format("seed-{}", courses.back().config.seed);
    }
    return courses;
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorKind::run_directory,
                fmt::format("'{}' is damaged: {}", file.string(), json_error(error)));
  }
}

namespace {

/// Of a run whose end alone is known, and which would have to be read up to somewhere else.
bool lacks_course(const RunCourse& course, const CourseSettings& settings) {
  return settings.time || (settings.trials && *settings.trials < course.trials);
}

Courses read_series(const fs::path& series, const CourseSettings& settings) {
  Courses courses;
  for (RunCourse& course : read_series_courses(series)) {
    if (!lacks_course(course, settings)) {
      courses.runs.push_back(std::move(course));
      continue;
    }
    courses.left_out.push_back(
        {course.path,
         fmt::format("of '{}' in '{}' the best trial alone is known, not when it was found",
                     course.path.filename().string(), series.string()),
         ErrorKind::data});
  }
  if (courses.runs.empty() && courses.left_out.empty()) {
    courses.left_out.push_back(
        {series, fmt::format("'{}' has no finished run yet", series.string()), ErrorKind::data});
  }
  return courses;
}

}  // namespace

Courses read_courses(std::span<const fs::path> paths, const CourseSettings& settings,
                     Executor& executor) {
  std::vector<Courses> parts(paths.size());
  executor.parallel_for(paths.size(), [&](std::size_t i) {
    try {
      if (is_series(paths[i])) {
        parts[i] = read_series(paths[i], settings);
      } else {
        parts[i].runs.push_back(read_course(paths[i], settings));
      }
    } catch (const Error& error) {
      parts[i].left_out.push_back({paths[i], error.what(), error.kind()});
    }
  });
  Courses all;
  for (Courses& part : parts) {
    std::ranges::move(part.runs, std::back_inserter(all.runs));
    std::ranges::move(part.left_out, std::back_inserter(all.left_out));
  }
  return all;
}

}  // namespace nas
