#include <filesystem>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/progress.hpp"
#include "cli/run_lookup.hpp"
#include "cli/run_text.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "results/run_course.hpp"

namespace nas::cli {

namespace fs = std::filesystem;

namespace {

nlohmann::json json_row(const RunSummary& summary) {
  nlohmann::json full = to_json(summary);
  nlohmann::json row = {{"run", summary.path.string()},
                        {"status", to_string(summary.status)},
                        {"strategy", summary.config.strategy},
                        {"space", summary.config.space},
                        {"estimator", summary.config.estimator},
                        {"seed", summary.config.seed},
                        {"trials", summary.trials.size()},
                        {"trials_asked", summary.config.trials},
                        {"failed", summary.failed},
                        {"seconds", summary.seconds}};
  row["best"] = full["best"];
  row["final"] = full["final"];
  return row;
}

/// For people with its unit, otherwise exact.
std::string value_text(const Metrics& metrics, const std::string& metric, Format format) {
  const auto value = metrics.find(metric);
  if (value == metrics.end()) return "";
  return format == Format::text ? metric_text(metric, value->second)
                                : fmt::format("{}", value->second);
}

std::vector<std::string> table_row(const RunSummary& summary, Format format) {
  const std::string& objective = summary.config.objectives.front().metric;
  static const Metrics none;
  const Metrics& best = summary.best ? summary.trial(*summary.best).metrics : none;
  const Metrics& final = summary.final ? summary.final->mean : none;
  return {
      summary.path.string(),
      to_string(summary.status),
      summary.config.strategy,
      summary.config.space,
      std::to_string(summary.config.seed),
      summary.config.trials > 0 ? fmt::format("{}/{}", summary.trials.size(), summary.config.trials)
                                : std::to_string(summary.trials.size()),
      objective,
      value_text(best, objective, format),
      value_text(final, "test_accuracy", format),
      format == Format::text ? human_seconds(summary.seconds) : fmt::format("{}", summary.seconds)};
}

/// Those that `directory` stands for. Throws Error(io) where nobody can tell.
std::vector<fs::path> listed_runs(const fs::path& directory) {
  std::error_code failed;
  const fs::directory_iterator readable(directory, failed);
  if (failed && failed != std::errc::no_such_file_or_directory) {
    throw Error(ErrorKind::io,
                fmt::format("cannot read '{}': {}", directory.string(), failed.message()));
  }
  std::vector<fs::path> runs = runs_of(directory);
  const bool holds_none =
      runs == std::vector{directory} && !RunDirectory::is_run(directory) && !is_series(directory);
  return holds_none ? std::vector<fs::path>{} : runs;
}

}  // namespace

int ls_command(const Arguments& arguments) {
  const Format format = output_format(arguments);
  const bool given = !arguments.positional.empty();
  const fs::path directory = given ? arguments.positional.front() : "runs";
  if (given && !fs::is_directory(directory)) {
    throw Error(ErrorKind::io, fmt::format("'{}' is no directory", directory.string()));
  }
  Table table{{{"run", Align::left, true},
               {"status"},
               {.title = "strategy", .expendable = 3},
               {.title = "space", .expendable = 5},
               {.title = "seed", .align = Align::right, .expendable = 2},
               {"trials", Align::right},
               {.title = "objective", .expendable = 4},
               {"best", Align::right},
               {"test_accuracy", Align::right},
               {.title = format == Format::text ? "time" : "seconds",
                .align = Align::right,
                .expendable = 1}},
              {}};
  nlohmann::json object = json_object("nas.runs");
  object["runs"] = nlohmann::json::array();
  int code = exit_code::ok;
  const std::vector<fs::path> runs = listed_runs(directory);
  for (const fs::path& path : runs) {
    if (is_series(path)) {
      note(
          fmt::format("of the series '{0}' there is the summary alone: 'nas compare {1}' tells its "
                      "results",
                      path.string(), shell_word(path)));
      continue;
    }
    try {
      const RunSummary summary = summarise(RunDirectory::open(path, RunDirectory::Access::read));
      table.rows.push_back(table_row(summary, format));
      object["runs"].push_back(json_row(summary));
    } catch (const Error& error) {
      // One damaged run must not hide the others.
      warn(error.what());
      code = exit_code_of(error.kind());
    }
  }
  if (runs.empty()) note(fmt::format("no runs in '{}'", directory.string()));
  print(format, table, object);
  return code;
}

}  // namespace nas::cli
