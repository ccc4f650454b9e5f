#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/comparison_notes.hpp"
#include "cli/exit_code.hpp"
#include "cli/known_optimum.hpp"
#include "cli/option_table.hpp"
#include "cli/progress.hpp"
#include "cli/run_comparison_text.hpp"
#include "cli/run_lookup.hpp"
#include "cli/run_request.hpp"
#include "cli/space_choice.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace nas::cli {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void reject(const char* option, const std::string& text, const char* allowed) {
  throw Error(ErrorKind::usage, fmt::format("--{} '{}': must be {}", option, text, allowed));
}

std::optional<double> quantity(const Arguments& arguments, const char* option) {
  const auto text = arguments.value(option);
  if (!text) return std::nullopt;
  const auto value = parse_real(*text);
  if (value) return value;
  const auto with_unit = parse_quantity(*text);
  if (!with_unit) reject(option, *text, "a number such as 0.9, or 3M");
  return with_unit;
}

Metrics reference_of(const Arguments& arguments) {
  Metrics reference;
  for (const std::string& text : arguments.values("reference")) {
    const std::size_t equals = text.find('=');
    const auto value = equals == std::string::npos
                           ? std::nullopt
                           : parse_quantity(std::string_view(text).substr(equals + 1));
    if (equals == 0 || !value) reject("reference", text, "METRIC=VALUE, such as macs=3M");
    reference[text.substr(0, equals)] = *value;
  }
  return reference;
}

/// "50", "30s".
CourseSettings course_of(const Arguments& arguments) {
  CourseSettings course;
  course.clock = arguments.value("clock").value_or("");
  const auto at = arguments.value("at");
  if (!at) return course;
  const char* allowed = "a number of trials such as 50, or a time such as 30s, 5m, 1h";
  if (const auto trials = parse_integer(*at)) {
    if (*trials < 1) reject("at", *at, allowed);
    course.trials = *trials;
  } else {
    course.time = parse_seconds(*at);
    if (!course.time || *course.time <= 0 ||
        std::string_view("smh").find(at->back()) == std::string_view::npos) {
      reject("at", *at, allowed);
    }
  }
  return course;
}

ComparisonSettings comparison_of(const Arguments& arguments, const Settings& settings) {
  constexpr std::int64_t most_resamples = 1'000'000;
  ComparisonSettings comparison;
  comparison.metric = arguments.value("metric").value_or("");
  comparison.target = quantity(arguments, "target");
  comparison.optimum = quantity(arguments, "optimum");
  comparison.reference = reference_of(arguments);
  comparison.baseline = arguments.value("baseline").value_or("");
  if (arguments.has("baseline") && comparison.baseline.empty()) {
    reject("baseline", "", "a group's label, or words of it that no other has");
  }
  comparison.paired = arguments.has("paired");
  for (const std::string& text : arguments.values("assert")) {
    comparison.claims.push_back(parse_claim(text));
  }
  comparison.course = course_of(arguments);
  comparison.resamples = static_cast<int>(
      whole_number(arguments, "resamples", *parse_integer(option_row("resamples").default_value),
                   most_resamples));
  comparison.seed = settings.natural("seed");
  return comparison;
}

std::vector<fs::path> given_runs(const Arguments& arguments) {
  std::vector<fs::path> runs = runs_of_all(arguments.positional);
  if (runs.empty()) {
    throw Error(ErrorKind::usage,
                "'nas compare' needs runs, or directories that hold some: nas compare runs/*");
  }
  return runs;
}

void check_compatible(std::span<const RunCourse> runs, const ComparedMetric& metric, bool force) {
  const std::vector<std::string> reasons =
      incompatibilities(runs, metric.source == ComparedMetric::Source::final);
  if (reasons.empty()) return;
  const std::string text = fmt::format("{}", fmt::join(reasons, "; "));
  if (force) {
    warn(fmt::format("the runs differ in what is measured: {}", text));
    return;
  }
  throw Error(ErrorKind::config,
              fmt::format("the runs cannot be compared, they differ in what is measured: {}; "
                          "--force compares them nevertheless",
                          text));
}

void check_clock(std::span<const RunCourse> runs, const std::string& clock) {
  if (clock.empty()) return;
  std::set<std::string> metrics;
  for (const RunCourse& run : runs) {
    for (const Incumbent& best : run.incumbents) {
      for (const auto& [name, value] : best.metrics) metrics.insert(name);
    }
  }
  if (metrics.contains(clock)) return;
  throw Error(ErrorKind::config, fmt::format("--clock {0}: no trial has the metric '{0}'{1}", clock,
                                             suggestion(clock, {metrics.begin(), metrics.end()})));
}

void check_reference(std::span<const RunCourse> runs, const Metrics& reference) {
  if (reference.empty() || runs.front().config.objectives.size() > 1) return;
  throw Error(ErrorKind::config,
              "--reference is the corner that hypervolumes are measured from, and the runs have "
              "one objective");
}

/// Where none is given and the runs' table knows it. Without one there is no regret, no more.
void find_optimum(ComparisonSettings& comparing, std::span<const RunCourse> runs,
                  const ComparedMetric& metric) {
  if (comparing.optimum) return;
  try {
    comparing.optimum = known_optimum(runs.front(), metric);
  } catch (const Error& error) {
    warn(fmt::format("the best value is not known, and no regret: {}; --optimum gives it",
                     error.what()));
  }
}

/// The last of them decides, as in `nas ls`.
int report_left_out(std::span<const LeftOutRun> runs, int code) {
  for (const LeftOutRun& run : runs) {
    warn(run.reason + "; it is left out");
    code = exit_code_of(run.kind);
  }
  return code;
}

void print_comparison(const RunComparison& comparison, const ComparisonSettings& settings,
                      Format format) {
  const bool markdown = format == Format::markdown;
  const std::size_t width = markdown ? 0 : terminal_width(STDOUT_FILENO);
  const auto print_part = [&](const std::vector<std::string>& heading, const Table& table) {
    for (const std::string& line : heading) {
      // In Markdown a backslash at its end keeps a line from flowing into the next.
      fmt::print("{}{}\n", hanging("", line, width),
                 markdown && &line != &heading.back() ? "\\" : "");
    }
    fmt::print("\n{}", markdown ? to_markdown(table) : to_text(table, width));
  };
  print_part(comparison_heading(comparison, settings), group_table(comparison, settings, format));
  if (!comparison.pairs.empty()) {
    fmt::print("\n");
    print_part(pair_heading(comparison, settings), pair_table(comparison, settings));
  }
  if (!comparison.claims.empty()) {
    fmt::print("\n");
    print_part(
        {fmt::format("Asserted, by {}, one-sided",
                     settings.paired ? "Wilcoxon's signed ranks" : "Mann and Whitney's rank sums")},
        claim_table(comparison));
  }
}

/// An optimum that some run surpasses is none.
void add_surpassed(std::vector<std::string>& notes, const RunComparison& comparison,
                   std::span<const RunCourse> runs) {
  for (const GroupFigures& group : comparison.groups) {
    for (const RunFigures& run : group.runs) {
      if (!run.regret || *run.regret >= 0) continue;
      notes.push_back(fmt::format("'{}' found better than the optimum that regrets are taken from",
                                  runs[run.run].path.string()));
      return;
    }
  }
}

void add_repeated(std::vector<std::string>& notes, std::span<const LeftOutRun> repeated) {
  constexpr std::size_t most = 3;
  const std::size_t named = std::min(repeated.size(), most);
  for (const LeftOutRun& run : repeated.first(named)) notes.push_back(run.reason);
  if (repeated.size() == named) return;
  notes.push_back(fmt::format("{} more runs repeat others", repeated.size() - named));
}

/// The exit code of claims that do not hold goes before that of runs left out.
int report_claims(const RunComparison& comparison, int code) {
  for (const ClaimOutcome& outcome : comparison.claims) {
    if (outcome.holds) continue;
    report_error(fmt::format(
        "'{}' does not hold: p is {:.3g}{}, above {}", outcome.claim.text, outcome.corrected,
        comparison.claims.size() > 1 ? " (corrected by Holm)" : "", outcome.claim.level));
    code = exit_code::mismatch;
  }
  return code;
}

}  // namespace

int compare_command(const Arguments& arguments) {
  const Format format = output_format(arguments);
  const Settings settings(arguments, process_environment());
  ComparisonSettings comparing = comparison_of(arguments, settings);
  const std::vector<fs::path> paths = given_runs(arguments);
  const Courses courses =
      read_courses(paths, comparing.course, *make_tbb_executor(requested_jobs(settings)));
  if (courses.runs.empty() && !courses.left_out.empty()) {
    throw Error(courses.left_out.front().kind, courses.left_out.front().reason);
  }
  int code = report_left_out(courses.left_out, exit_code::ok);
  const ComparedMetric metric = compared_metric(courses.runs, comparing.metric);
  check_compatible(courses.runs, metric, arguments.has("force"));
  check_clock(courses.runs, comparing.course.clock);
  check_reference(courses.runs, comparing.reference);
  find_optimum(comparing, courses.runs, metric);
  const RunGroups groups = group_runs(courses.runs);
  std::vector<std::string> notes = comparison_notes(courses.runs, groups.groups, comparing);
  add_repeated(notes, groups.repeated);
  RunComparison comparison = compare_runs(courses.runs, groups.groups, comparing);
  add_surpassed(notes, comparison, courses.runs);
  for (const std::string& text : notes) warn(text);
  code = report_left_out(comparison.left_out, code);
  if (format == Format::json) {
    comparison.left_out.insert(comparison.left_out.begin(), courses.left_out.begin(),
                               courses.left_out.end());
    print(to_json(comparison, comparing, courses.runs, notes));
  } else if (format == Format::csv) {
    fmt::print("{}", to_csv(group_table(comparison, comparing, format)));
  } else {
    print_comparison(comparison, comparing, format);
  }
  return report_claims(comparison, code);
}

}  // namespace nas::cli
