#include "cli/report_contents.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "cli/comparison_notes.hpp"
#include "cli/run_comparison_text.hpp"
#include "cli/run_text.hpp"
#include "cli/space_choice.hpp"
#include "core/architecture/architecture_json.hpp"
#include "core/base/error.hpp"
#include "results/graph_svg.hpp"
#include "results/run_comparison.hpp"
#include "results/run_directory.hpp"

namespace nas::cli {

namespace fs = std::filesystem;

namespace {

/// A run, or why there is none.
struct ReadRun {
  std::optional<ReportRun> run;
  std::optional<LeftOutRun> left_out;
};

ReadRun read_one(const fs::path& path) {
  if (is_series(path)) {
    return {{},
            LeftOutRun{path,
                       fmt::format("the series '{}' has kept the best trials alone "
                                   "(--summary-only); 'nas compare' compares them",
                                   path.string()),
                       ErrorKind::data}};
  }
  try {
    return {read_report_run(path), {}};
  } catch (const Error& error) {
    return {{}, LeftOutRun{path, error.what(), error.kind()}};
  }
}

std::vector<RunCourse> courses_of_report(const Report& report) {
  std::vector<RunCourse> courses;
  for (const ReportRun& run : report.runs) courses.push_back(run.course);
  return courses;
}

ReportTable shown_table(std::vector<std::string> heading, const Table& table) {
  ReportTable shown{
      .caption = fmt::format("{}", fmt::join(heading, ". ")), .titles = {}, .rows = table.rows};
  for (const Column& column : table.columns) shown.titles.push_back(column.title);
  return shown;
}

/// As `nas compare` prints it without options.
void add_comparison(Report& report) {
  const std::vector<RunCourse> courses = courses_of_report(report);
  const ComparisonSettings settings;
  std::ranges::move(comparison_notes(courses, report.groups, settings),
                    std::back_inserter(report.notes));
  const bool any = std::ranges::any_of(
      courses, [](const RunCourse& course) { return !course.incumbents.empty(); });
  if (!any) return;
  try {
    const RunComparison comparison = compare_runs(courses, report.groups, settings);
    for (const LeftOutRun& run : comparison.left_out) report.notes.push_back(run.reason);
    report.tables.push_back(shown_table(comparison_heading(comparison, settings),
                                        group_table(comparison, settings, Format::text)));
    if (comparison.pairs.empty()) return;
    report.tables.push_back(
        shown_table(pair_heading(comparison, settings), pair_table(comparison, settings)));
  } catch (const Error& error) {
    report.notes.push_back(fmt::format("the groups are not compared: {}", error.what()));
  }
}

void add_space(Report& report) {
  const ReportRun& first = report.runs.front();
  const std::string& name = first.course.config.space;
  try {
    report.space = recorded_space(first.course.config, first.environment);
  } catch (const Error& error) {
    report.notes.push_back(fmt::format("nothing about decisions: the space '{}' cannot be made: {}",
                                       name, error.what()));
    return;
  }
  if (report.space->decisions().empty()) {
    report.notes.push_back(
        fmt::format("nothing about decisions: the space '{}' is one of graphs and has none", name));
  }
}

/// Whether the best trial of `a` goes before that of `b`; both have one.
bool is_better_run(const RunCourse& a, const RunCourse& b) {
  const Objective& objective = a.config.objectives.front();
  const double x = a.incumbents.back().metrics.find(objective.metric)->second;
  const double y = b.incumbents.back().metrics.find(objective.metric)->second;
  return objective.maximise ? x > y : x < y;
}

const ReportRun* best_run(const Report& report, const RunGroup& group) {
  const ReportRun* best = nullptr;
  for (const std::size_t place : group.runs) {
    const ReportRun& run = report.runs[place];
    if (run.course.incumbents.empty()) continue;
    if (best == nullptr || is_better_run(run.course, best->course)) best = &run;
  }
  return best;
}

std::string drawing_title(const RunGroup& group, const ReportRun& run, const Trial& trial) {
  const std::string& metric = run.course.config.objectives.front().metric;
  std::string title =
      fmt::format("{}: trial {} of {}", group.label, trial.id, run.course.path.string());
  for (const std::string& name : {metric, std::string("macs"), std::string("params")}) {
    const auto value = trial.metrics.find(name);
    if (value == trial.metrics.end()) continue;
    title += fmt::format(", {} {}", name, metric_text(name, value->second));
  }
  return title;
}

/// The chosen finalist of the group's best run or, before there is one, its best trial.
void add_drawing(Report& report, const RunGroup& group) {
  constexpr std::size_t most_nodes = 600;  // beyond that nobody sees anything, and Graphviz is slow
  const ReportRun* run = best_run(report, group);
  if (run == nullptr) return;
  const std::int64_t id =
      run->course.final ? run->course.final->trial : run->course.incumbents.back().trial;
  const auto trial = std::ranges::lower_bound(run->trials, id, {}, &Trial::id);
  if (trial == run->trials.end() || trial->id != id) return;
  try {
    const auto space = recorded_space(run->course.config, run->environment);
    if (!space->has_architectures()) return;
    const Architecture architecture = space->build(trial->genotype);
    if (architecture.size() > most_nodes) {
      report.notes.push_back(fmt::format(
          "no picture of trial {} of '{}': it has {} ops; 'nas export {} --trial {} -o FILE.svg' "
          "draws it",
          id, run->course.path.string(), architecture.size(), run->course.path.string(), id));
      return;
    }
    report.drawings.push_back(
        {drawing_title(group, *run, *trial), graph_svg(to_dot(architecture))});
  } catch (const Error& error) {
    report.notes.push_back(fmt::format("no picture of trial {} of '{}': {}", id,
                                       run->course.path.string(), error.what()));
  }
}

}  // namespace

Report read_report(std::span<const fs::path> paths, Executor& executor) {
  std::vector<ReadRun> parts(paths.size());
  executor.parallel_for(paths.size(), [&](std::size_t i) { parts[i] = read_one(paths[i]); });
  Report report;
  for (ReadRun& part : parts) {
    if (part.run) report.runs.push_back(std::move(*part.run));
    if (part.left_out) report.left_out.push_back(std::move(*part.left_out));
  }
  RunGroups groups = group_runs(courses_of_report(report));
  report.groups = std::move(groups.groups);
  for (const LeftOutRun& run : groups.repeated) report.notes.push_back(run.reason);
  return report;
}

void add_contents(Report& report) {
  constexpr std::size_t most_drawings = 6;
  add_comparison(report);
  add_space(report);
  for (std::size_t g = 0; g < report.groups.size() && g < most_drawings; ++g) {
    add_drawing(report, report.groups[g]);
  }
}

}  // namespace nas::cli
